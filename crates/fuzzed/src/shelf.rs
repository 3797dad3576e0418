//! Databases that begin the same for every input: made once, copied each time.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use cloud::server::Ports;
use cloud::store::admin::{AdminStore, ShopPut};
use cloud::store::sqlite::SqliteStore;
use cloud::store::{CloudStore, CodeWanted, EnrolWanted};
use domain::{Currency, Product, TaxClass, Unit};
use protocol::pull::TaxClassRow;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use vault::shop::{Shop, product_id_of_code};

use crate::room::{self, NOON, Till};
use crate::seeds::till;

/// Tax classes that both sides know, with their rates.
pub(crate) const CLASSES: [(&str, i64); 2] = [("standard", 2_000), ("zero", 0)];
/// What the till sells before anything arrives.
pub(crate) const KNOWN: [&str; 3] = ["A1", "A2", "A3"];
/// The key of the office's file.
const OFFICE: [u8; 32] = [4; 32];

static TILL: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = folder();
    let (shop, _) = Shop::open(dir.path(), None).expect("the catalogue opens");
    shop.open_office(&OFFICE).expect("the office opens");
    for (code, rate_bp) in CLASSES {
        let class = TaxClass {
            code: code.to_owned(),
            name: code.to_owned(),
            rate_bp,
        };
        shop.put_tax_class(&class).expect("a class is put");
    }
    for code in KNOWN {
        let barcodes = [format!("BAR-{code}")];
        shop.put_product(&article(code), &barcodes).expect("put");
    }
    dir
});

static CLOUD: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = folder();
    CloudShelf::open(&dir).furnish(&till::of_the_example());
    dir
});

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn copy(from: &Path) -> TempDir {
    let dir = folder();
    copy_into(from, dir.path());
    dir
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            fs::create_dir_all(&to).expect("a folder");
            copy_into(&from, &to);
        } else {
            // Not `fs::copy`: the fuzzer's own clock interrupts it.
            let bytes = fs::read(&from).expect("a file");
            fs::write(&to, bytes).expect("a file");
        }
    }
}

/// An article made at this till.
pub(crate) fn article(code: &str) -> Product {
    Product {
        product_id: product_id_of_code(code),
        code: Some(code.to_owned()),
        name: format!("Article {code}"),
        unit: Unit::Piece,
        price_minor: Some(199),
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        category: None,
        row_version: 0,
    }
}

/// The currency of both sides.
pub(crate) fn pounds() -> Currency {
    Currency::from_code("GBP").expect("pounds exist")
}

/// A till's catalogue with three articles.
pub(crate) fn shop() -> (TempDir, Shop) {
    let dir = copy(TILL.path());
    let shop = reopened(&dir);
    (dir, shop)
}

/// The same files after a restart.
pub(crate) fn reopened(dir: &TempDir) -> Shop {
    let (shop, opened) = Shop::open(dir.path(), None).expect("the catalogue opens");
    assert_eq!(opened.set_aside, None, "nothing is damaged");
    shop.open_office(&OFFICE).expect("the office opens");
    shop
}

/// A cloud's store in which the till of EXAMPLE.md is enrolled.
pub(crate) struct CloudShelf {
    pub(crate) store: SqliteStore,
    pub(crate) ports: Ports,
    pub(crate) runtime: Runtime,
    /// Kept until the store is closed.
    #[allow(dead_code, reason = "its end removes the files")]
    dir: Option<TempDir>,
}

impl CloudShelf {
    /// A copy of it.
    pub(crate) fn taken() -> Self {
        let dir = copy(CLOUD.path());
        let mut taken = Self::open(&dir);
        taken.dir = Some(dir);
        taken
    }

    fn open(dir: &TempDir) -> Self {
        let (_, ports) = room::ports();
        let file = dir.path().join("cloud.db");
        let store = SqliteStore::open(&file, &*ports.clock, &*ports.entropy);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        Self {
            store: store.expect("the file opens"),
            ports,
            runtime: runtime.expect("a runtime"),
            dir: None,
        }
    }

    fn furnish(&self, till: &Till) {
        let identity = &till.identity;
        let code = CodeWanted {
            tenant_name: "Acme".to_owned(),
            branch_name: "High Street".to_owned(),
            new_tenant: identity.tenant,
            new_branch: identity.branch,
            code_hash: [1; 32],
            now_ms: NOON,
            expires_at_ms: NOON + 1,
        };
        let wanted = EnrolWanted {
            request: till.enrol_request("any"),
            code_hash: [1; 32],
            now_ms: NOON,
        };
        self.runtime.block_on(async {
            self.store.make_code(code).await.expect("a code");
            let let_in = self.store.enrol(wanted).await.expect("an answer");
            let_in.expect("the till is let in");
            for (code, rate_bp) in CLASSES {
                let row = TaxClassRow {
                    code: code.to_owned(),
                    name: code.to_owned(),
                    rate_bp,
                };
                let put = ShopPut::TaxClass(row);
                let put = self.store.put_shop_row(identity.tenant, put);
                put.await.expect("a class is put");
            }
        });
    }
}
