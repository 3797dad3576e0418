//! Pages of the cloud's rows: published whole, rows that cannot be held left out, and nothing ever in the way of the
//! next page or of a sale.

use domain::limits::{MAX_AMOUNT_MINOR, MAX_RATE_BP};
use domain::{Cart, CartChange, NewLine, Product, SellingRules};
use protocol::pull::{PullAnswer, PullRow, PullScope, RowRead};
use uuid::Uuid;
use vault::shop::{Shop, Staged};

use crate::bites::Bites;
use crate::shelf::{self, KNOWN};

/// The scope, then up to four pages, one a line.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let scope = PullScope::ALL[usize::from(bites.byte()) % 4];
    let again = bites.byte() & 1 == 1;
    let lines = bites.rest().split(|byte| *byte == b'\n').take(4);
    let pages: Vec<PullAnswer> = lines.filter_map(page).collect();
    if pages.is_empty() {
        return;
    }
    let (dir, shop) = shelf::shop();
    if again {
        shop.reset_pull(scope).expect("a scope begins again");
    }
    take(&shop, scope, &pages);
    sells(&shop);
    let before = fingerprint(&shop);
    drop(shop);
    let shop = shelf::reopened(&dir);
    assert_eq!(fingerprint(&shop), before, "a restart changes nothing");
    take(&shop, scope, &pages);
    // A row under a strange key may take back what its neighbour put: then each round is another one.
    if pages.len() == 1 && pages[0].rows.iter().all(keyed) {
        assert_eq!(fingerprint(&shop), before, "nor do the same rows again");
    }
    shop.reset_pull(scope).expect("a scope begins again");
    take(&shop, scope, &pages);
    sells(&shop);
}

fn page(line: &[u8]) -> Option<PullAnswer> {
    match serde_json::from_slice::<PullAnswer>(line) {
        Ok(page) => {
            for row in &page.rows {
                // Reading a row is a value or a no, and a tombstone says nothing else.
                let read = row.read();
                assert!(!row.deleted || matches!(read, Ok(RowRead::Gone)), "gone");
            }
            Some(page)
        }
        Err(refused) => {
            let words = refused.to_string();
            assert!(words.contains("line"), "{words} says where");
            None
        }
    }
}

/// Whether a row's key is that of what it says, as the cloud's rows are keyed.
fn keyed(row: &PullRow) -> bool {
    let own = match row.read() {
        Ok(RowRead::TaxClass(class)) => class.code,
        Ok(RowRead::Product(product)) => product.product_id.to_string(),
        Ok(RowRead::InStoreRule(rule)) => rule.position.to_string(),
        Ok(RowRead::Operator(operator)) => operator.operator_id.to_string(),
        Ok(RowRead::Setting(setting)) => setting.name,
        Ok(RowRead::Stock(level)) => level.product_id.to_string(),
        Ok(RowRead::Conflict(conflict)) => conflict.conflict.to_string(),
        Ok(RowRead::Gone | RowRead::Unknown) | Err(_) => return true,
    };
    own == row.id
}

/// As the fetcher does: stage each page at its cursor, publish when the cloud says that it is whole.
fn take(shop: &Shop, scope: PullScope, pages: &[PullAnswer]) {
    for page in pages {
        let at = shop.pull_place(scope).expect("the place is read");
        let staged = shop.stage_page(scope, at.cursor.as_deref(), page);
        assert_eq!(staged.expect("a page is staged"), Staged::Kept);
        let place = shop.pull_place(scope).expect("the place is read");
        assert_eq!(place.cursor.as_deref(), Some(page.next.as_str()), "behind");
        if page.more {
            continue;
        }
        let mark = shop.edit_mark().expect("a mark");
        let done = shop.publish_pull(scope, 1, mark);
        let done = done.expect("a row that cannot be held stops nothing");
        let place = shop.pull_place(scope).expect("the place is read");
        assert!(!place.sweep, "what was begun again is whole: {done:?}");
    }
}

/// Everything that a cashier could put into a cart can be put into a cart.
pub(crate) fn sells(shop: &Shop) {
    for code in KNOWN {
        shop.scan(&format!("BAR-{code}")).expect("a scan answers");
    }
    shop.rules().expect("rules can be read");
    let classes = shop.tax_classes().expect("classes can be read");
    for class in &classes {
        assert!((0..=MAX_RATE_BP).contains(&class.rate_bp), "{class:?}");
    }
    let products = shop.products_in(None, None, 100).expect("a list");
    for product in &products {
        sold(
            shop,
            product,
            classes.iter().any(|class| class.code == product.tax_class),
        );
    }
    shop.open_conflicts().expect("conflicts can be counted");
    let people = shop.office_people().expect("people can be read");
    for operator in &people.operators {
        assert!(operator.name.len() < 1 << 20, "a name");
    }
}

fn sold(shop: &Shop, product: &Product, has_class: bool) {
    assert!(has_class, "{product:?} has a class");
    let price = product.price_minor.unwrap_or(100);
    assert!((0..=MAX_AMOUNT_MINOR).contains(&price), "{product:?}");
    assert!(!product.name.trim().is_empty(), "{product:?} has a name");
    for barcode in shop.barcodes_of(product.product_id).expect("a list") {
        let found = shop.scan(&barcode).expect("a scan answers");
        let found = found.products.iter();
        let mut ids = found.map(|found| found.product_id);
        assert!(
            ids.any(|id| id == product.product_id),
            "{barcode:?} finds {product:?}"
        );
    }
    let line = NewLine {
        product_id: product.product_id,
        code: product.code.clone(),
        name: product.name.clone(),
        unit: product.unit,
        quantity_milli: 1_000,
        unit_price_minor: price,
        list_price_minor: product.price_minor,
        price_reason: None,
        discount_bp: 0,
        tax_class: product.tax_class.clone(),
        tax_rate_bp: product.tax_rate_bp,
    };
    let mut cart = Cart::open(Uuid::nil(), Uuid::nil(), 0, Uuid::nil(), "Ann".to_owned());
    let rules = SellingRules::usual(shelf::pounds());
    let added = cart.apply(CartChange::AddLine(line), &rules);
    assert!(added.is_ok(), "{product:?}: {added:?}");
    assert!(cart.totals(&rules).gross_minor >= 0, "{product:?}");
}

/// All that can be seen of a catalogue.
pub(crate) fn fingerprint(shop: &Shop) -> String {
    let mut products = shop.products_in(None, None, 100).expect("a list");
    products.sort_by_key(|product| product.product_id);
    let barcodes: Vec<_> = products
        .iter()
        .map(|product| shop.barcodes_of(product.product_id).expect("a list"))
        .collect();
    let people = shop.office_people().expect("people");
    let stock: Vec<_> = products.iter().map(|product| product.product_id).collect();
    let stock = shop.stock_seen(&stock).expect("stock");
    format!(
        "{products:?} {barcodes:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        shop.tax_classes().expect("classes"),
        shop.rules().expect("rules"),
        people.operators,
        people.settings,
        shop.open_conflicts().expect("conflicts"),
        stock.rows,
    )
}
