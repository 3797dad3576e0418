//! Catching up: head office changes articles, a till fetches them; the real programs on loopback.
//!
//! The first fetch is the whole catalogue as one file; after that, as many rows as were changed.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::drain::{cloud, enrol_code};
use crate::options::{Options, remove};
use crate::programs::{built, ctl, give_keys};
use crate::report::Report;

/// Changed articles of each round.
const ROUNDS: [u64; 2] = [1_000, 100_000];

/// Measures the till's whole `sync`, program start, hello, pages and publishing included.
pub(crate) fn measure(options: &Options, report: &mut Report) -> Result<()> {
    report.bench("catch-up");
    let folder = options.fresh("catch-up")?;
    let data = folder.join("till");
    give_keys(&data)?;
    ctl(&data, &["init", "--empty", "--currency", "GBP"])?;
    let database = format!("sqlite:{}", folder.join("cloud.db").display());
    let (_cloud, url) = cloud(&database)?;
    let code = enrol_code(&database)?;
    let articles = options.articles;
    office(
        &database,
        &[
            "tax-class",
            "set",
            "standard",
            "--name",
            "VAT",
            "--rate-bp",
            "2000",
        ],
    )?;
    let begun = Instant::now();
    import(&folder, &database, articles, 100)?;
    told(
        report,
        "head office's file, taken in by the cloud",
        articles,
        begun,
    );
    let begun = Instant::now();
    ctl(&data, &["enrol", "--cloud", &url, "--code", &code])?;
    fetch(
        &data,
        report,
        "the first catalogue, as one file",
        articles,
        begun,
    )?;
    for (changed, price) in ROUNDS.into_iter().zip([200, 300]) {
        let changed = changed.min(articles);
        import(&folder, &database, changed, price)?;
        fetch(
            &data,
            report,
            "changed prices, page by page",
            changed,
            Instant::now(),
        )?;
        let found = ctl(&data, &["scan", &code_of(changed - 1)])?;
        ensure!(
            found.to_string().contains(&price.to_string()),
            "the last changed price has not arrived: {found}"
        );
    }
    remove(&folder)
}

fn fetch(data: &Path, report: &mut Report, name: &str, rows: u64, begun: Instant) -> Result<()> {
    let answer = ctl(data, &["sync", "--until-drained", "--timeout", "1800"])?;
    ensure!(answer["drained"] == true, "it did not end: {answer}");
    told(report, name, rows, begun);
    Ok(())
}

fn told(report: &mut Report, name: &str, rows: u64, begun: Instant) {
    let took = begun.elapsed().as_secs_f64();
    report.number(&format!("{name}: {rows} articles"), took, "s", None);
    report.number("  a second", rows as f64 / took, "articles", None);
}

/// The first `count` articles, all at one price in pence.
fn import(folder: &Path, database: &str, count: u64, price: u64) -> Result<()> {
    let mut csv = String::from("code,name,price,unit\n");
    for article in 0..count {
        let _ = writeln!(
            csv,
            "{},Article {article},{}.{:02},piece",
            code_of(article),
            price / 100,
            price % 100
        );
    }
    let file = folder.join("articles.csv");
    std::fs::write(&file, csv)?;
    let path = file.to_string_lossy().into_owned();
    let form = ["--currency", "GBP", "--default-tax-class", "standard"];
    let arguments = [&["product", "import", "--file", &path][..], &form[..]].concat();
    office(database, &arguments)
}

fn code_of(article: u64) -> String {
    format!("A{article:06}")
}

fn office(database: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(built("holdfast-cloud")?)
        .args(arguments)
        .args(["--tenant", "Pier", "--database", database])
        .env("RUST_LOG", "warn")
        .output()?;
    ensure!(
        output.status.success(),
        "holdfast-cloud {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
