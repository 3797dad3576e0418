//! The demo branch's catalogue is what its README says.

use domain::{InStoreRule, Symbology, TaxClass, check_digit_ok};

use super::{import, scanned};
use crate::shop::Shop;

const CATALOGUE: &str = include_str!("../../../../../assets/demo/catalogue.csv");
const RULES: &str = include_str!("../../../../../assets/demo/in_store_rules.json");
const TAX_CLASSES: &str = include_str!("../../../../../assets/demo/tax_classes.json");

#[test]
fn the_demo_catalogue_imports_without_a_refusal_and_scans() {
    let dir = tempfile::tempdir().expect("a folder");
    let (shop, _) = Shop::open(dir.path(), None).expect("opens");
    for class in serde_json::from_str::<Vec<TaxClass>>(TAX_CLASSES).expect("tax classes") {
        shop.put_tax_class(&class).expect("put");
    }
    shop.set_rules(&serde_json::from_str::<Vec<InStoreRule>>(RULES).expect("rules"))
        .expect("usable rules");
    let report = import(&shop, CATALOGUE);
    assert_eq!(
        (report.imported, report.refused_rows),
        (200, 0),
        "{:?}",
        report.refused
    );
    assert_eq!(
        shop.categories().expect("answers").len(),
        12,
        "twelve tiles"
    );
    assert_eq!(
        scanned(&shop, "5000000050048"),
        ["Salted butter 250 g", "Unsalted butter 250 g"],
        "a shared barcode"
    );
    assert_eq!(
        scanned(&shop, "2010001012504"),
        ["Bananas"],
        "a scale's label"
    );
    for product in shop.products_in(None, None, 500).expect("answers") {
        for key in shop.barcodes_of(product.product_id).expect("answers") {
            let right = Symbology::of(&key) == Symbology::Own || check_digit_ok(&key);
            assert!(right, "{key} of {} has a wrong check digit", product.name);
        }
    }
}
