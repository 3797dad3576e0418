//! shop.db: what the branch sells, and the way from a scanned code to an article.
//!
//! Owns the catalogue's file, its kept sources in `imports/` and the one door to both, [`Shop`].
//!
//! Promises:
//! - The file may be thrown away. Missing, damaged or made by another version, it is set aside whole in
//!   `quarantine/` and made anew from `imports/`; articles made at the till come back from their ops (the
//!   caller puts them again, see [`ShopOpened::made_anew`]).
//! - A scan never waits for a search, a write or an import of 800,000 rows; once per import, while one file takes
//!   the other's place, it waits for a rename and an open.
//! - An import is taken over whole or not at all.
//!
//! Never holds a sale, a person or a secret. That is why the file is not encrypted by default: everything in
//! it hangs on the shelves with a price tag, and the price that counts is the one in the sale, in the vault. A
//! key may be given all the same.
//!
//! Measured (`examples/shop_probe.rs`, two cores, profile `fast`, 734,278 articles in 149 MB): a scan takes 26 µs at
//! the median and 45 µs at the 99th percentile (39 and 60 encrypted; 25 and 41 with 100,000 articles), an
//! unknown code 37 and 54, a search 0.1 to 4 ms, opening 1 ms. An import of 800,000 rows takes 12 s, of 100,000
//! 0.9 s. Scans while an import runs: 28 and 115 µs, 0.2 s at the one worst moment, on a busy machine.
//! Encryption costs 13 µs a scan once the file outgrows the page cache.

mod anew;
mod before;
mod browse;
mod doors;
mod error;
mod import;
mod kept;
mod publish;
mod pull;
mod put;
mod rows;
mod scan;
mod schema;
mod search;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use domain::{InStoreRule, Product, TaxClass};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use browse::{Category, MAX_PAGE, ShopCounts};
pub use error::ShopError;
pub use import::{
    ImportOptions, ImportReport, MAX_REFUSED_LISTED, MAX_ROWS, MAX_SOURCE_BYTES, PriceRule,
    RowRefused, SourceForm, price_from_barcode, product_id_of_barcode, product_id_of_code,
};
pub use pull::{
    CloudStock, ConflictQuery, Included, OfficePeople, Published, PullPlace, SnapshotPlace, Staged,
    StockSeen, product_of,
};
pub use put::{MAX_BARCODES, MAX_RULES};
pub use scan::ScanFound;
pub use search::MAX_FOUND;

use doors::{Doors, judged, lock};
use kept::{BranchSettings, Kept};
use put::Change;

/// A raw 32-byte key for the file.
pub type ShopKey = [u8; 32];

/// The catalogue.
pub struct Shop {
    dir: PathBuf,
    key: Option<ShopKey>,
    /// None only if the file could not be opened again after a publish.
    doors: RwLock<Option<Doors>>,
    rules: RwLock<Arc<Vec<InStoreRule>>>,
    kept: Kept,
    /// One import at a time.
    importing: Mutex<()>,
    /// While an import builds the next catalogue: what was put into this one meanwhile.
    meanwhile: Mutex<Option<Vec<Change>>>,
    /// People, settings and conflicts, in a file of their own; opened once the till knows its key.
    office: OnceLock<Mutex<rusqlite::Connection>>,
    included: Mutex<pull::IncludedKept>,
}

/// What opening found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopOpened {
    /// The file was missing or set aside, now or at an earlier start: articles made by ops must be put again;
    /// then call [`Shop::caught_up`].
    pub made_anew: bool,
    /// Where a damaged file was set aside, whole.
    pub set_aside: Option<PathBuf>,
    /// Why, in words.
    pub why: Option<String>,
    /// Kept imports that were read again, by name.
    pub imported_again: Vec<String>,
    /// Kept imports that could not be read again, with the reason; they stay where they are.
    pub not_imported: Vec<String>,
}

impl Shop {
    /// Opens the catalogue in the data folder, or makes it; reads kept imports again that it does not hold.
    pub fn open(dir: &Path, key: Option<ShopKey>) -> Result<(Self, ShopOpened), ShopError> {
        fs::create_dir_all(dir).map_err(ShopError::disk(dir))?;
        let (doors, mut opened) = anew::open_or_make(dir, key.as_ref())?;
        let shop = Self {
            dir: dir.to_path_buf(),
            key,
            doors: RwLock::new(Some(doors)),
            rules: RwLock::default(),
            kept: Kept::open(dir)?,
            importing: Mutex::new(()),
            meanwhile: Mutex::new(None),
            office: OnceLock::new(),
            included: Mutex::default(),
        };
        if opened.made_anew {
            shop.put_kept_settings()?;
        }
        shop.import_kept(&mut opened)?;
        let rules = shop.rules()?;
        shop.remember_rules(rules);
        Ok((shop, opened))
    }

    /// Opens the file of what head office tells that hangs on no shelf, encrypted with `key`.
    pub fn open_office(&self, key: &ShopKey) -> Result<(), ShopError> {
        let office = pull::office::open(&self.dir, key)?;
        // Opened twice: the first one stays, and both are the same file.
        let _ = self.office.set(office);
        Ok(())
    }

    /// Says that the articles made by ops were put again after the file was made anew: the next start
    /// does not ask for them any more.
    pub fn caught_up(&self) {
        anew::forget_anew(&self.dir);
    }

    /// What a scanned or typed code is; no products: unknown. See the order in `scan`.
    pub fn scan(&self, code: &str) -> Result<ScanFound, ShopError> {
        let rules = Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner));
        self.with(|doors| scan::scan(&doors.scan(), &rules, code))
    }

    /// Articles for typed words or the beginning of a code, best first, at most `limit` and [`MAX_FOUND`].
    pub fn search(&self, words: &str, limit: usize) -> Result<Vec<Product>, ShopError> {
        self.with(|doors| search::search(&doors.browse(), words, limit))
    }

    /// Categories that have articles.
    pub fn categories(&self) -> Result<Vec<Category>, ShopError> {
        self.with(|doors| browse::categories(&doors.browse()))
    }

    /// A page of a category's articles by name (none: of all articles, as they came), after `after`.
    pub fn products_in(
        &self,
        category: Option<&str>,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Product>, ShopError> {
        self.with(|doors| browse::products_in(&doors.browse(), category, after, limit))
    }

    /// One article by its id.
    pub fn product(&self, product_id: Uuid) -> Result<Option<Product>, ShopError> {
        self.with(|doors| browse::product(&doors.scan(), product_id))
    }

    /// An article's barcodes, as normal keys.
    pub fn barcodes_of(&self, product_id: Uuid) -> Result<Vec<String>, ShopError> {
        self.with(|doors| browse::barcodes_of(&doors.browse(), product_id))
    }

    /// The version of each group of an article's fields, for the `base` of an edit; empty for one made here.
    pub fn product_versions(&self, product_id: Uuid) -> Result<BTreeMap<String, u64>, ShopError> {
        self.with(|doors| Ok(before::versions(&doors.browse(), product_id)?))
    }

    /// The branch's tax classes.
    pub fn tax_classes(&self) -> Result<Vec<TaxClass>, ShopError> {
        self.with(|doors| browse::tax_classes(&doors.browse()))
    }

    /// The branch's in-store barcode rules, in the order in which they are tried.
    pub fn rules(&self) -> Result<Vec<InStoreRule>, ShopError> {
        self.with(|doors| browse::rules(&doors.browse()))
    }

    /// How many articles and barcodes there are.
    pub fn counts(&self) -> Result<ShopCounts, ShopError> {
        self.with(|doors| browse::counts(&doors.browse()))
    }

    /// Puts one article and its barcodes: new, or in place of the one with its `product_id`. The rate is the
    /// tax class's; `tax_rate_bp` of the given product is not stored.
    pub fn put_product(&self, product: &Product, barcodes: &[String]) -> Result<(), ShopError> {
        self.put(vec![Change::Product(
            Box::new(product.clone()),
            barcodes.to_vec(),
        )])
    }

    /// Puts many articles in one transaction.
    pub fn put_products(&self, products: &[(Product, Vec<String>)]) -> Result<(), ShopError> {
        let change = |(product, barcodes): &(Product, Vec<String>)| {
            Change::Product(Box::new(product.clone()), barcodes.clone())
        };
        self.put(products.iter().map(change).collect())
    }

    /// Puts a tax class: new, or in place of the one with its code.
    pub fn put_tax_class(&self, class: &TaxClass) -> Result<(), ShopError> {
        self.put(vec![Change::TaxClass(class.clone())])?;
        self.keep_settings()
    }

    /// Sets the branch's in-store rules, all of them.
    pub fn set_rules(&self, rules: &[InStoreRule]) -> Result<(), ShopError> {
        self.put(vec![Change::Rules(rules.to_vec())])?;
        self.remember_rules(rules.to_vec());
        self.keep_settings()
    }

    /// Makes changes in one transaction and, if an import is under way, remembers them for its catalogue.
    fn put(&self, changes: Vec<Change>) -> Result<(), ShopError> {
        changes.iter().try_for_each(put::check)?;
        self.with(|doors| {
            let mut write = doors.write();
            put::apply_all(&mut write, &changes)?;
            // Still inside the doors: a publish waits until the change is in both.
            if let Some(meanwhile) = lock(&self.meanwhile).as_mut() {
                meanwhile.extend(changes);
            }
            Ok(())
        })
    }

    pub(in crate::shop) fn remember_rules(&self, rules: Vec<InStoreRule>) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    pub(in crate::shop) fn keep_settings(&self) -> Result<(), ShopError> {
        self.kept.write_settings(&BranchSettings {
            tax_classes: self.tax_classes()?,
            rules: self.rules()?,
        })
    }

    fn put_kept_settings(&self) -> Result<(), ShopError> {
        let settings = self.kept.read_settings()?;
        let classes = settings.tax_classes.into_iter().map(Change::TaxClass);
        self.put(classes.chain([Change::Rules(settings.rules)]).collect())
    }

    /// Runs `work` at the open doors; damage met on the way is remembered for the next start.
    fn with<T>(&self, work: impl FnOnce(&Doors) -> Result<T, ShopError>) -> Result<T, ShopError> {
        let doors = self.doors.read().unwrap_or_else(PoisonError::into_inner);
        let outcome = work(open_doors(&doors)?);
        outcome.map_err(|error| self.remember_damage(error))
    }

    fn remember_damage(&self, error: ShopError) -> ShopError {
        if !error.is_damage() {
            return error;
        }
        anew::mark_damaged(&self.dir, &error);
        if let ShopError::Sql(sql) = error {
            return judged(sql);
        }
        error
    }
}

fn open_doors<'a>(doors: &'a RwLockReadGuard<'_, Option<Doors>>) -> Result<&'a Doors, ShopError> {
    doors.as_ref().ok_or(ShopError::Closed)
}
