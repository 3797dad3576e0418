//! What a sale's commit costs, against a raw 4 KiB append and flush on the same disk in the same
//! run: `cargo run --profile fast -p holdfast-vault --example commit_probe -- DIR [SALES]`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use domain::{Cart, CartChange, Currency, NewLine, SellingRules, Tender, TenderKind, Unit};
use protocol::ports::{Clock, Entropy, new_id};
use protocol::{Actor, TillIdentity};
use uuid::Uuid;
use vault::sales::{Recording, record_sale};
use vault::{OpenVault, Vault, VaultKey};

struct Wall(Instant);

impl Clock for Wall {
    fn wall_ms(&self) -> i64 {
        1_795_132_800_000 + i64::try_from(self.0.elapsed().as_millis()).unwrap_or(0)
    }
    fn mono_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(0)
    }
}

struct Os;

impl Entropy for Os {
    fn fill(&self, buffer: &mut [u8]) {
        use std::io::Read;
        let mut random = std::fs::File::open("/dev/urandom").expect("a source of randomness");
        random.read_exact(buffer).expect("random bytes");
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = PathBuf::from(args.next().unwrap_or_else(|| "probe".into()));
    let sales: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let raw = raw_appends(&dir, 1_000);
    show("raw 4 KiB append + flush", &raw, &raw);
    for (name, encrypt, journal) in [
        ("vault alone, in the clear", false, false),
        ("vault alone, encrypted", true, false),
        ("vault and journal, in the clear", false, true),
        ("vault and journal, encrypted", true, true),
    ] {
        let times = commits(
            &dir.join(format!("{encrypt}-{journal}")),
            encrypt,
            journal,
            sales,
        );
        show(name, &times, &raw);
    }
}

fn show(name: &str, times: &[u128], raw: &[u128]) {
    let at = |times: &[u128], percent: usize| times[times.len() * percent / 100];
    let (p50, p99) = (at(times, 50), at(times, 99));
    #[expect(clippy::print_stdout, reason = "a probe answers on the screen")]
    {
        println!(
            "{name:34} p50 {p50:6} us ({}.{:02}x)  p99 {p99:6} us",
            p50 / at(raw, 50).max(1),
            p50 * 100 / at(raw, 50).max(1) % 100
        );
    }
}

fn raw_appends(dir: &Path, count: usize) -> Vec<u128> {
    std::fs::create_dir_all(dir).expect("a folder");
    let mut file = std::fs::File::create(dir.join("raw")).expect("a file");
    let page = [7_u8; 4096];
    let once = |_| {
        let start = Instant::now();
        file.write_all(&page).expect("a write");
        file.sync_data().expect("a flush");
        start.elapsed().as_micros()
    };
    let mut times: Vec<u128> = (0..count).map(once).collect();
    times.sort_unstable();
    times
}

fn commits(dir: &Path, encrypt: bool, journal: bool, sales: u32) -> Vec<u128> {
    let clock: Arc<dyn Clock> = Arc::new(Wall(Instant::now()));
    let entropy: Arc<dyn Entropy> = Arc::new(Os);
    let id = Uuid::from_u128(1);
    let settings = OpenVault {
        identity: Some(TillIdentity {
            tenant: id,
            branch: id,
            till: id,
            genesis_tenant: id,
            genesis_branch: id,
            public_key: [0; 32],
        }),
        encrypt,
        journal,
        ..OpenVault::new(
            dir,
            VaultKey::new([3; 32]),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            "probe",
        )
    };
    let (vault, _) = Vault::open(settings).expect("the vault opens");
    let rules = SellingRules::usual(Currency::from_code("GBP").expect("a currency"));
    let new = || new_id(clock.as_ref(), entropy.as_ref());
    let mut times: Vec<u128> = (0..sales)
        .map(|nth| {
            let mut cart = Cart::open(new(), new(), clock.wall_ms(), id, "Ada".into());
            for line in 0..3 {
                let line = article(nth.wrapping_mul(31).wrapping_add(line) % 5_000);
                cart.apply(CartChange::AddLine(line), &rules)
                    .expect("a line");
            }
            let gross = cart.totals(&rules).gross_minor;
            let tender = Tender {
                tender_id: new(),
                kind: TenderKind::Cash,
                amount_minor: gross,
                reference: None,
            };
            cart.apply(CartChange::AddTender(tender), &rules)
                .expect("a tender");
            let sale = domain::complete(&cart, &rules, clock.wall_ms()).expect("a sale");
            let recording = Recording {
                op_id: cart.op_id,
                actor: Actor::till(),
                shift: None,
                business_date: "2026-11-20".into(),
                number_prefix: "P-1".into(),
                print: true,
                told: true,
            };
            let start = Instant::now();
            vault
                .transact(move |tx| record_sale(tx, &sale, &recording))
                .expect("the sale is recorded");
            start.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    times
}

fn article(nth: u32) -> NewLine {
    NewLine {
        product_id: Uuid::from_u128(u128::from(nth)),
        code: Some(format!("50{nth:011}")),
        name: format!("Article number {nth}"),
        unit: Unit::Piece,
        quantity_milli: 1_000,
        unit_price_minor: 199,
        list_price_minor: Some(199),
        price_reason: None,
        discount_bp: 0,
        tax_class: "standard".into(),
        tax_rate_bp: 2_000,
    }
}
