//! Measures the catalogue by hand: import, size, scans and searches, plain and encrypted.
//!
//! `cargo run --profile fast -p holdfast-vault --example shop_probe -- CATALOGUE.csv[.gz] [FOLDER] [COPIES]`
//!
//! COPIES stretches an Open Food Facts file to that many times its size: each copy has other barcodes. Prints
//! one line of JSON per measurement; times are microseconds.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use domain::{Currency, TaxClass};
use vault::shop::{ImportOptions, PriceRule, Shop, ShopKey};

type Outcome<T> = Result<T, Box<dyn Error>>;

const QUESTIONS: [&str; 9] = [
    "milk",
    "choc mi",
    "creme fraiche",
    "a",
    "s",
    "the",
    "bio lait demi",
    "30176",
    "抹茶",
];

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let source = PathBuf::from(
        args.next()
            .ok_or("usage: CATALOGUE.csv[.gz] [FOLDER] [COPIES]")?,
    );
    let folder = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let copies: u64 = args.next().map_or(Ok(1), |text| text.parse())?;
    let (csv, codes) = stretched(&source, copies)?;
    for (name, key) in [("plain", None), ("encrypted", Some([7_u8; 32]))] {
        let dir = folder.join(format!("shop-probe-{}-{name}", std::process::id()));
        probe(name, &dir, key, &csv, &codes)?;
        fs::remove_dir_all(&dir)?;
    }
    Ok(())
}

/// The file's text with each row `copies` times, and its barcodes.
fn stretched(source: &Path, copies: u64) -> Outcome<(String, Vec<String>)> {
    let bytes = fs::read(source)?;
    let mut text = String::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes)?;
    }
    let (header, rows) = text.split_once('\n').ok_or("an empty file")?;
    let (mut csv, mut codes) = (format!("{header}\n"), Vec::new());
    for copy in 0..copies {
        for (code, rest) in rows.lines().filter_map(|row| row.split_once(',')) {
            let code = if copy == 0 {
                code.to_owned()
            } else {
                format!("{}{copy}", code.get(..12).unwrap_or(code))
            };
            writeln!(csv, "{code},{rest}")?;
            codes.push(code);
        }
    }
    Ok((csv, codes))
}

fn probe(name: &str, dir: &Path, key: Option<ShopKey>, csv: &str, codes: &[String]) -> Outcome<()> {
    let (shop, _) = Shop::open(dir, key)?;
    shop.put_tax_class(&TaxClass {
        code: "standard".to_owned(),
        name: "Standard".to_owned(),
        rate_bp: 2_000,
    })?;
    let options = ImportOptions {
        dry_run: false,
        default_tax_class: Some("standard".to_owned()),
        price_rule: PriceRule::FromBarcode,
        currency: Currency::from_code("GBP").ok_or("a known currency")?,
        at_ms: 0,
    };
    let begun = Instant::now();
    let report = shop.import(csv.as_bytes(), &options, &mut |_| {})?;
    let first = begun.elapsed().as_millis();
    let begun = Instant::now();
    shop.import(csv.as_bytes(), &options, &mut |_| {})?;
    println!(
        r#"{{"what":"import","file":"{name}","rows":{},"imported":{},"updated":{},"refused":{},"first_ms":{first},"again_ms":{},"bytes":{}}}"#,
        report.rows,
        report.imported,
        report.updated,
        report.refused_rows,
        begun.elapsed().as_millis(),
        fs::metadata(dir.join("shop.db"))?.len()
    );
    drop(shop);
    let begun = Instant::now();
    let (shop, _) = Shop::open(dir, key)?;
    let opened = begun.elapsed().as_micros();
    let begun = Instant::now();
    shop.scan(&codes[codes.len() / 2])?;
    println!(
        r#"{{"what":"open","file":"{name}","micros":{opened},"first_scan_micros":{}}}"#,
        begun.elapsed().as_micros()
    );
    scans(name, &shop, codes)?;
    searches(name, &shop)?;
    scans_meanwhile(name, &shop, csv, codes, &options)
}

/// Scans without a pause while an import runs and takes over: the longest wait is what a cashier may meet.
fn scans_meanwhile(
    name: &str,
    shop: &Shop,
    csv: &str,
    codes: &[String],
    options: &ImportOptions,
) -> Outcome<()> {
    let done = AtomicBool::new(false);
    let scans = std::thread::scope(|scope| {
        let import = scope.spawn(|| {
            let report = shop.import(csv.as_bytes(), options, &mut |_| {});
            done.store(true, Ordering::Release);
            report.map(drop)
        });
        let mut codes = codes.iter().cycle().step_by(7_919);
        let while_it_runs = std::iter::from_fn(|| {
            let code = codes.next().filter(|_| !done.load(Ordering::Acquire))?;
            Some(shop.scan(code).map(|found| !found.products.is_empty()))
        });
        let measured = measure(name, "scan_during_import", while_it_runs);
        (measured, import.join())
    });
    scans.0?;
    scans.1.map_err(|_| "the import panicked")??;
    Ok(())
}

fn scans(name: &str, shop: &Shop, codes: &[String]) -> Outcome<()> {
    // A fixed stride that shares no factor with the count walks the file in no order a cache would like.
    let known: Vec<&str> = (0..20_000)
        .map(|n| codes[n * 48_271 % codes.len()].as_str())
        .collect();
    let unknown: Vec<String> = (0..20_000)
        .map(|n| format!("99{:011}", n * 48_271))
        .collect();
    measure(
        name,
        "scan_known",
        known
            .iter()
            .map(|code| shop.scan(code).map(|found| !found.products.is_empty())),
    )?;
    measure(
        name,
        "scan_unknown",
        unknown
            .iter()
            .map(|code| shop.scan(code).map(|found| found.products.is_empty())),
    )
}

fn searches(name: &str, shop: &Shop) -> Outcome<()> {
    for question in QUESTIONS {
        let runs = (0..50).map(|_| shop.search(question, 50).map(|_| true));
        measure(name, &format!("search {question}"), runs)?;
        let first: Vec<String> = shop
            .search(question, 3)?
            .into_iter()
            .map(|product| product.name)
            .collect();
        println!("    {first:?}");
    }
    Ok(())
}

fn measure<E: Error + 'static>(
    file: &str,
    what: &str,
    runs: impl Iterator<Item = Result<bool, E>>,
) -> Outcome<()> {
    let (mut nanos, mut as_expected) = (Vec::new(), 0_usize);
    let mut runs = runs;
    loop {
        let begun = Instant::now();
        let Some(run) = runs.next() else { break };
        nanos.push(begun.elapsed().as_nanos());
        as_expected += usize::from(run?);
    }
    nanos.sort_unstable();
    let at = |thousandths: usize| {
        nanos
            .get(nanos.len() * thousandths / 1_000)
            .map_or(0, |n| n / 1_000)
    };
    println!(
        r#"{{"what":"{what}","file":"{file}","runs":{},"as_expected":{as_expected},"p50":{},"p99":{},"max":{}}}"#,
        nanos.len(),
        at(500),
        at(990),
        nanos.last().map_or(0, |n| n / 1_000)
    );
    Ok(())
}
