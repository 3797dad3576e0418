//! A till on a simulated disk: a clock that counts, randomness from a counter, carts.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use domain::{Cart, CartChange, Currency, NewLine, SellingRules, Tender, TenderKind, Unit};
use protocol::ports::{Clock, Entropy};
use protocol::{Actor, TillIdentity};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vault::sales::Recording;
use vault::{FreeSpace, OpenVault, StartReport, Vault, VaultError, VaultKey};

use crate::disk::SimDisk;

/// The data folder of every till here.
pub const FOLDER: &str = "/data/till";
/// The products of the day; each has its price and its stock.
pub const PRODUCTS: u32 = 7;

/// Counts up by a millisecond with each reading.
pub struct CountingClock(AtomicI64);

impl Clock for CountingClock {
    fn wall_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
    fn mono_ms(&self) -> u64 {
        0
    }
}

/// Hashes of a counter: reproducible, never the same twice.
pub struct CountingEntropy {
    run: u64,
    next: AtomicU64,
}

impl Entropy for CountingEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let hash = Sha256::new()
                .chain_update(self.run.to_le_bytes())
                .chain_update(next.to_le_bytes())
                .finalize();
            chunk.copy_from_slice(&hash[..chunk.len()]);
        }
    }
}

struct Plenty;

impl FreeSpace for Plenty {
    fn free_bytes(&self, _dir: &Path) -> Option<u64> {
        Some(1 << 40)
    }
}

/// What a till needs from outside besides its disk.
pub struct Till {
    clock: Arc<CountingClock>,
    entropy: Arc<CountingEntropy>,
}

impl Till {
    /// `run` tells one start of a machine from another: no two mint the same ids.
    pub fn new(run: u64) -> Self {
        let start = 1_795_132_800_000 + i64::try_from(run).unwrap_or(0) * 3_600_000;
        Self {
            clock: Arc::new(CountingClock(AtomicI64::new(start))),
            entropy: Arc::new(CountingEntropy {
                run,
                next: AtomicU64::new(1),
            }),
        }
    }

    /// Opens the vault on `disk`, as the shop's till does.
    pub fn open(&self, disk: &SimDisk) -> Result<(Vault, StartReport), VaultError> {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let entropy: Arc<dyn Entropy> = self.entropy.clone();
        let key = VaultKey::new([42; 32]);
        Vault::open(OpenVault {
            identity: Some(identity()),
            space: Arc::new(Plenty),
            disk: Arc::new(disk.clone()),
            // Chores are asked for, so that the same day asks the disk for the same things.
            pause: Duration::from_hours(1),
            ..OpenVault::new(FOLDER, key, clock, entropy, "0.1.0-proof")
        })
    }

    /// A new time-ordered id.
    pub fn id(&self) -> Uuid {
        protocol::ports::new_id(self.clock.as_ref(), self.entropy.as_ref())
    }

    /// The till's own time.
    pub fn now(&self) -> i64 {
        self.clock.wall_ms()
    }

    /// A cart with nothing in it.
    pub fn empty_cart(&self) -> Cart {
        let operator = Uuid::from_u128(9);
        Cart::open(self.id(), self.id(), self.now(), operator, "Ada".into())
    }

    /// A paid cart of `lines` lines.
    pub fn cart(&self, lines: u32) -> Cart {
        let mut cart = self.empty_cart();
        for nth in 0..lines {
            change(&mut cart, CartChange::AddLine(line(nth)));
        }
        let gross = cart.totals(&rules()).gross_minor;
        change(&mut cart, CartChange::AddTender(self.cash(gross + 50)));
        cart
    }

    /// Cash handed over.
    pub fn cash(&self, amount_minor: i64) -> Tender {
        Tender {
            tender_id: self.id(),
            kind: TenderKind::Cash,
            amount_minor,
            reference: None,
        }
    }
}

/// Makes a change that the day knows to be allowed.
pub fn change(cart: &mut Cart, change: CartChange) -> domain::CartTouched {
    cart.apply(change, &rules())
        .expect("the day's carts are in order")
}

/// Who the till is.
pub fn identity() -> TillIdentity {
    TillIdentity {
        tenant: Uuid::from_u128(1),
        branch: Uuid::from_u128(2),
        till: Uuid::from_u128(3),
        genesis_tenant: Uuid::from_u128(1),
        genesis_branch: Uuid::from_u128(2),
        public_key: [4; 32],
    }
}

/// How the branch sells.
pub fn rules() -> SellingRules {
    SellingRules::usual(Currency::from_code("GBP").expect("a currency"))
}

/// What goes around a fact.
pub fn recording(op_id: Uuid, print: bool) -> Recording {
    Recording {
        op_id,
        actor: Actor::till(),
        shift: None,
        business_date: "2026-11-20".into(),
        number_prefix: "LDN-1".into(),
        print,
        told: false,
    }
}

/// The id of a product of the day.
pub fn product(nth: u32) -> Uuid {
    Uuid::from_u128(1_000 + u128::from(nth % PRODUCTS))
}

/// A line of one piece.
pub fn line(nth: u32) -> NewLine {
    NewLine {
        product_id: product(nth),
        code: Some(format!("50{nth:011}")),
        name: format!("Article {nth}"),
        unit: Unit::Piece,
        quantity_milli: 1_000,
        unit_price_minor: 199 + i64::from(nth),
        list_price_minor: Some(199 + i64::from(nth)),
        price_reason: None,
        discount_bp: 0,
        tax_class: "standard".into(),
        tax_rate_bp: 2_000,
    }
}
