//! Measures taking over what the cloud gives: 1,000 and 100,000 changed products, a first catalogue from a snapshot.
//!
//! `cargo run --profile fast -p holdfast-vault --example pull_probe -- [PRODUCTS] [FOLDER]`
//!
//! Prints one line of JSON per measurement; PRODUCTS is the size of the snapshot (800,000 if nothing is said).
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use protocol::pull::{PullAnswer, PullRow, PullScope, SnapshotHead, SnapshotPart};
use serde_json::json;
use serde_json::value::to_raw_value;
use uuid::Uuid;
use vault::shop::Shop;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Rows of one page, as tills ask for them.
const PAGE: u64 = 2_000;

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let products: u64 = args.next().map_or(Ok(800_000), |text| text.parse())?;
    let folder = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = folder.join(format!("pull-probe-{}", std::process::id()));
    let (shop, _) = Shop::open(&dir, None)?;
    first_catalogue(&shop, products)?;
    for changed in [1_000, 100_000] {
        changes(&shop, products, changed.min(products))?;
    }
    drop(shop);
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}

fn first_catalogue(shop: &Shop, products: u64) -> Outcome<()> {
    let bytes = snapshot(products)?;
    let begun = Instant::now();
    for (from, part) in (0_u64..).step_by(1 << 20).zip(bytes.chunks(1 << 20)) {
        shop.keep_snapshot_part(&SnapshotPart {
            etag: "probe".to_owned(),
            total: bytes.len() as u64,
            from,
            bytes: part.to_vec(),
        })?;
    }
    let kept_ms = begun.elapsed().as_millis();
    let begun = Instant::now();
    let done = shop.publish_snapshot(0, 0, &mut |_, _| {})?;
    println!(
        r#"{{"what":"snapshot","rows":{},"bytes":{},"keep_ms":{kept_ms},"publish_ms":{}}}"#,
        done.rows,
        bytes.len(),
        begun.elapsed().as_millis()
    );
    Ok(())
}

fn changes(shop: &Shop, products: u64, changed: u64) -> Outcome<()> {
    let begun = Instant::now();
    let mut at = 0;
    while at < changed {
        let upto = changed.min(at + PAGE);
        let rows: Result<Vec<_>, _> = (at..upto).map(|n| product(n, products + n, 199)).collect();
        let cursor = shop.pull_place(PullScope::Catalogue)?.cursor;
        let page = PullAnswer {
            cloud_epoch: Uuid::from_u128(1),
            server_time_ms: 0,
            rows: rows?,
            next: format!("{changed}-{upto}"),
            more: upto < changed,
            watermark: products + changed,
            included: Vec::new(),
        };
        shop.stage_page(PullScope::Catalogue, cursor.as_deref(), &page)?;
        at = upto;
    }
    let staged_ms = begun.elapsed().as_millis();
    let begun = Instant::now();
    let done = shop.publish_pull(PullScope::Catalogue, 0, 0)?;
    println!(
        r#"{{"what":"publish","rows":{},"of":{products},"stage_ms":{staged_ms},"publish_ms":{}}}"#,
        done.rows,
        begun.elapsed().as_millis()
    );
    Ok(())
}

fn snapshot(products: u64) -> Outcome<Vec<u8>> {
    let mut packed = zstd::Encoder::new(Vec::new(), 3)?;
    let head = SnapshotHead {
        cloud_epoch: Uuid::from_u128(1),
        watermark: products,
        cursor: "snapshot".to_owned(),
        rows: products,
    };
    writeln!(packed, "{}", serde_json::to_string(&head)?)?;
    for n in 0..products {
        writeln!(
            packed,
            "{}",
            serde_json::to_string(&product(n, n + 1, 250)?)?
        )?;
    }
    Ok(packed.finish()?)
}

fn product(n: u64, rv: u64, price_minor: i64) -> Outcome<PullRow> {
    // A fixed odd factor spreads the ids, as those of a real catalogue are.
    let product_id =
        Uuid::from_u128(u128::from(n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    let row = json!({
        "product_id": product_id, "code": null, "name": format!("Article number {n} of the shelf"),
        "unit": "piece", "price_minor": price_minor, "tax_class": "standard", "tax_rate_bp": 2_000,
        "category": format!("Shelf {}", n % 300), "barcodes": [format!("{:013}", 4_000_000_000_000 + n)],
        "versions": {"price": rv, "tax": 1, "names": 1, "barcodes": 1},
    });
    Ok(PullRow {
        rv,
        entity: "product".to_owned(),
        id: product_id.to_string(),
        deleted: false,
        data: Some(to_raw_value(&row)?),
    })
}
