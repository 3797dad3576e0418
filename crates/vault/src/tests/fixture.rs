//! A till in a temporary folder: a clock that counts, randomness from a counter, and real files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::{Cart, CartChange, Currency, NewLine, Sale, SellingRules, Tender, TenderKind, Unit};
use protocol::ports::{Clock, Entropy};
use protocol::{Actor, TillIdentity};
use rusqlite::Connection;
use uuid::Uuid;

use crate::connection::{self, Access};
use crate::health::FreeSpace;
use crate::rows::sales::{RecordedSale, Recording, record_sale};
use crate::{OpenVault, StartReport, Vault, VaultError, VaultKey};

/// Counts up by a millisecond with each reading.
pub(super) struct CountingClock(AtomicI64);

impl Clock for CountingClock {
    fn wall_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
    fn mono_ms(&self) -> u64 {
        0
    }
}

/// Hashes of a counter: reproducible, never the same twice.
pub(super) struct CountingEntropy(AtomicU64);

impl Entropy for CountingEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            let hash = crate::keys::keyed_hash(&[1; 32], &[&next]);
            chunk.copy_from_slice(&hash[..chunk.len()]);
        }
    }
}

/// A disk whose free space a test sets.
pub(super) struct SetSpace(pub(super) AtomicU64);

impl FreeSpace for SetSpace {
    fn free_bytes(&self, _dir: &Path) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed))
    }
}

pub(super) struct Till {
    pub(super) dir: tempfile::TempDir,
    pub(super) clock: Arc<CountingClock>,
    pub(super) entropy: Arc<CountingEntropy>,
    pub(super) space: Arc<SetSpace>,
}

pub(super) const KEY: [u8; 32] = [42; 32];

impl Till {
    pub(super) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a temporary folder"),
            clock: Arc::new(CountingClock(AtomicI64::new(1_795_132_800_000))),
            entropy: Arc::new(CountingEntropy(AtomicU64::new(1))),
            space: Arc::new(SetSpace(AtomicU64::new(1 << 40))),
        }
    }

    pub(super) fn identity() -> TillIdentity {
        TillIdentity {
            tenant: Uuid::from_u128(1),
            branch: Uuid::from_u128(2),
            till: Uuid::from_u128(3),
            genesis_tenant: Uuid::from_u128(1),
            genesis_branch: Uuid::from_u128(2),
            public_key: [4; 32],
        }
    }

    pub(super) fn settings_in(&self, dir: &Path) -> OpenVault {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let entropy: Arc<dyn Entropy> = self.entropy.clone();
        OpenVault {
            identity: Some(Self::identity()),
            space: self.space.clone(),
            ..OpenVault::new(dir, VaultKey::new(KEY), clock, entropy, "0.1.0-test")
        }
    }

    pub(super) fn settings(&self) -> OpenVault {
        self.settings_in(&self.path(""))
    }

    pub(super) fn try_open(&self) -> Result<(Vault, StartReport), VaultError> {
        Vault::open(self.settings())
    }

    pub(super) fn open(&self) -> (Vault, StartReport) {
        self.try_open().expect("the vault opens")
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() {
            return self.dir.path().to_owned();
        }
        self.dir.path().join(name)
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path("critical.journal")
    }

    /// A connection past all doors, as a fault would have it.
    pub(super) fn raw(&self) -> Connection {
        let key = VaultKey::new(KEY).vault_key();
        let db = connection::open(
            &journal::RealDisk,
            &self.path("vault.db"),
            Some(&key),
            Access::Write,
        )
        .unwrap();
        db.execute_batch("PRAGMA foreign_keys = OFF;").unwrap();
        let triggers: Vec<String> = db
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for trigger in triggers {
            db.execute_batch(&format!("DROP TRIGGER {trigger}"))
                .unwrap();
        }
        db
    }

    pub(super) fn id(&self) -> Uuid {
        protocol::ports::new_id(self.clock.as_ref(), self.entropy.as_ref())
    }

    pub(super) fn rules() -> SellingRules {
        SellingRules::usual(Currency::from_code("GBP").expect("a currency"))
    }

    pub(super) fn empty_cart(&self) -> Cart {
        let operator = Uuid::from_u128(9);
        Cart::open(
            self.id(),
            self.id(),
            self.clock.wall_ms(),
            operator,
            "Ada".into(),
        )
    }

    /// A paid cart of `lines` lines.
    pub(super) fn cart(&self, lines: u32) -> Cart {
        let rules = Self::rules();
        let mut cart = self.empty_cart();
        for nth in 0..lines {
            cart.apply(CartChange::AddLine(line(nth)), &rules).unwrap();
        }
        let gross = cart.totals(&rules).gross_minor;
        let tender = self.cash(gross + 50);
        cart.apply(CartChange::AddTender(tender), &rules).unwrap();
        cart
    }

    pub(super) fn cash(&self, amount_minor: i64) -> Tender {
        Tender {
            tender_id: self.id(),
            kind: TenderKind::Cash,
            amount_minor,
            reference: None,
        }
    }

    pub(super) fn sale_of(&self, cart: &Cart) -> Sale {
        domain::complete(cart, &Self::rules(), self.clock.wall_ms()).unwrap()
    }

    pub(super) fn recording(op_id: Uuid) -> Recording {
        Recording {
            op_id,
            actor: Actor::till(),
            shift: None,
            business_date: "2026-11-20".into(),
            number_prefix: "LDN-1".into(),
            print: true,
            told: false,
        }
    }

    /// Sells one cart, whole: stored, paid, recorded.
    pub(super) fn sell(&self, vault: &Vault, lines: u32) -> RecordedSale {
        let cart = self.cart(lines);
        self.pay(vault, &cart).expect("the sale is recorded")
    }

    pub(super) fn pay(&self, vault: &Vault, cart: &Cart) -> Result<RecordedSale, VaultError> {
        let sale = self.sale_of(cart);
        let recording = Self::recording(cart.op_id);
        vault.transact(move |tx| record_sale(tx, &sale, &recording))
    }

    /// A vault with `sales` sales over a few runs of the program, closed.
    pub(super) fn with_sales(sales: usize) -> (Self, Vec<RecordedSale>) {
        let till = Self::new();
        let mut all = Vec::new();
        for chunk in 0..3 {
            let (vault, _) = till.open();
            let count = sales / 3 + usize::from(chunk < sales % 3);
            all.extend(
                (0..count).map(|nth| till.sell(&vault, 1 + u32::try_from(nth % 3).unwrap())),
            );
        }
        (till, all)
    }
}

pub(super) fn line(nth: u32) -> NewLine {
    NewLine {
        product_id: Uuid::from_u128(1_000 + u128::from(nth % 7)),
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
