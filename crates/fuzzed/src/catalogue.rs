//! Catalogue files: head office and a till read the same articles from the same file, and every row is taken or named.

use cloud::office::{ImportForm, ImportReport as OfficeReport, Importer, Office, OfficeError};
use cloud::store::admin::{Admin, AdminStore, GoodsWanted};
use domain::Product;
use protocol::pull::ProductRow;
use vault::shop::{ImportOptions, ImportReport, PriceRule, Shop, ShopError};

use crate::bites::Bites;
use crate::pull_page::{fingerprint, sells};
use crate::room::NOON;
use crate::seeds::till;
use crate::shelf::{self, CloudShelf};

/// Why a row was refused is a sentence for a person.
const LONGEST_REASON: usize = 1_000;

/// How it comes, then the file.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let piece = usize::from(bites.byte()) + 1;
    let file = bites.rest();
    let (_dir, shop) = shelf::shop();
    let before = fingerprint(&shop);
    let dry = shop.import(file, &options(true), &mut |_| {});
    assert_eq!(fingerprint(&shop), before, "a rehearsal changes nothing");
    let till = shop.import(file, &options(false), &mut |_| {});
    match (&till, &dry) {
        (Ok(done), Ok(rehearsed)) => {
            let done = ImportReport {
                dry_run: true,
                ..done.clone()
            };
            assert_eq!(&done, rehearsed, "what was rehearsed is what was done");
        }
        (Err(_), Err(_)) => assert_eq!(fingerprint(&shop), before, "all or nothing"),
        _ => panic!("rehearsed {dry:?}, done {till:?}"),
    }
    sells(&shop);
    let packed = file.starts_with(&[0x1f, 0x8b]) || file.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    let cloud = CloudShelf::taken();
    let office = at_head_office(&cloud, file, piece);
    if let Ok(report) = &till {
        counted(report);
    }
    if let Ok(report) = &office {
        counted_by_office(report);
    }
    // Packed files are a till's affair: head office's come over HTTP, which packs by itself.
    if !packed {
        same_articles(&shop, till, &cloud, office);
    }
}

fn options(dry_run: bool) -> ImportOptions {
    ImportOptions {
        dry_run,
        default_tax_class: Some("standard".to_owned()),
        price_rule: PriceRule::AsGiven,
        currency: shelf::pounds(),
        at_ms: NOON,
    }
}

fn at_head_office(
    cloud: &CloudShelf,
    file: &[u8],
    piece: usize,
) -> Result<OfficeReport, OfficeError> {
    let admin = Admin {
        tenant: till::identity().tenant,
        token_id: None,
    };
    let form = ImportForm {
        currency: shelf::pounds(),
        default_tax_class: Some("standard".to_owned()),
    };
    let office = Office::new(&cloud.store, &cloud.ports, admin);
    let mut importer = Importer::new(office, form);
    cloud.runtime.block_on(async {
        for piece in file.chunks(piece) {
            importer.take(piece).await?;
        }
        importer.finish().await
    })
}

fn counted(report: &ImportReport) {
    assert_eq!(
        report.imported + report.updated + report.refused_rows,
        report.rows,
        "every row is taken or named"
    );
    assert_eq!(report.refused.len() as u64, report.refused_rows, "by name");
    for refused in &report.refused {
        sentence(&refused.reason);
    }
}

fn counted_by_office(report: &OfficeReport) {
    assert_eq!(
        report.made + report.changed + report.same + report.refused,
        report.rows,
        "every row is taken or named"
    );
    assert_eq!(report.refused_rows.len() as u64, report.refused, "by name");
    for refused in &report.refused_rows {
        sentence(&refused.reason);
    }
}

fn sentence(reason: &str) {
    assert!(
        (1..=LONGEST_REASON).contains(&reason.len()),
        "a reason of {} bytes: {}",
        reason.len(),
        reason.chars().take(80).collect::<String>()
    );
}

/// The same rows refused, and of those taken the same articles under the same ids.
fn same_articles(
    shop: &Shop,
    till: Result<ImportReport, ShopError>,
    cloud: &CloudShelf,
    office: Result<OfficeReport, OfficeError>,
) {
    let (till, office) = match (till, office) {
        (Ok(till), Ok(office)) => (till, office),
        (Err(_), Err(_)) => return,
        (till, office) => panic!(
            "one reads the file and the other does not: {:?} and {:?}",
            till.map(|report| report.rows),
            office.map(|report| report.rows)
        ),
    };
    assert_eq!(till.rows, office.rows, "as many rows");
    let refused: Vec<u64> = till.refused.iter().map(|row| row.row).collect();
    let by_office: Vec<u64> = office.refused_rows.iter().map(|row| row.row).collect();
    assert_eq!(
        refused, by_office,
        "the same rows: {:?} and {:?}",
        till.refused, office.refused_rows
    );
    let wanted = GoodsWanted {
        words: Vec::new(),
        after: None,
        limit: 1_000,
    };
    let rows = cloud.store.products(till_tenant(), wanted);
    for row in cloud.runtime.block_on(rows).expect("a list") {
        let product = shop.product(row.product_id).expect("the till looks");
        let product = product.unwrap_or_else(|| panic!("the till has no {row:?}"));
        same(&product, &row);
        let mut keys: Vec<String> = row
            .barcodes
            .iter()
            .map(|one| domain::normal_key(one))
            .collect();
        keys.sort();
        keys.dedup();
        let mut known = shop.barcodes_of(row.product_id).expect("a list");
        known.sort();
        assert_eq!(known, keys, "{row:?} is scanned by the same codes");
    }
}

fn till_tenant() -> uuid::Uuid {
    till::identity().tenant
}

fn same(product: &Product, row: &ProductRow) {
    assert_eq!(
        (
            &product.name,
            &product.code,
            product.unit,
            product.price_minor
        ),
        (&row.name, &row.code, row.unit, row.price_minor),
        "the same article"
    );
    assert_eq!(
        (&product.tax_class, &product.category),
        (&row.tax_class, &row.category),
        "in the same class and category"
    );
}
