//! The catalogue that scans are measured with: a real file of 100,000 products, or one made up of that size.
//!
//! Owns the till that has it: the demo branch, set up through the command line as any till.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::options::Options;
use crate::programs::{ctl, give_keys};

/// How many products a made-up catalogue has.
const PRODUCTS: u64 = 100_000;

/// A demo till with the catalogue imported; the codes that its file holds.
pub(crate) fn till_with(options: &Options, till: &Path) -> Result<Vec<String>> {
    give_keys(till)?;
    ctl(till, &["init", "--demo"])?;
    let file = file(options, till.parent().context("a till lies in a folder")?)?;
    let path = file.to_str().context("a path in UTF-8")?;
    let answer = ctl(till, &["catalogue", "import", path])?;
    eprintln!("   {} products imported from {path}", answer["imported"]);
    let codes = codes(&file)?;
    ensure!(codes.len() > 1_000, "{path} holds too few plain codes");
    Ok(codes)
}

fn file(options: &Options, folder: &Path) -> Result<PathBuf> {
    if options.catalogue.exists() {
        return Ok(options.catalogue.clone());
    }
    let mut text = String::from("barcode,gtin_type,check_digit_ok,product_name,alcohol_pct\n");
    for nth in 0..PRODUCTS {
        let body = format!("50{:010}", nth * 9_973);
        writeln!(
            text,
            "{body}{},GTIN-13,1,Article {nth} in a box,0%",
            check_digit(&body)
        )?;
    }
    let path = folder.join("made-up-catalogue.csv");
    fs::write(&path, text)?;
    Ok(path)
}

/// The thirteenth digit of an EAN-13.
fn check_digit(body: &str) -> u64 {
    let digits = body.bytes().map(|digit| u64::from(digit - b'0'));
    let weighed = digits
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight);
    (10 - weighed.sum::<u64>() % 10) % 10
}

/// The file's EAN-13 codes that mean nothing but a product: no in-store codes, no short ones.
fn codes(file: &Path) -> Result<Vec<String>> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut text = String::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes)?;
    }
    let plain = |code: &&str| {
        code.len() == 13
            && !code.starts_with(['0', '2'])
            && code.bytes().all(|digit| digit.is_ascii_digit())
            && code.ends_with(|last: char| {
                last.to_digit(10).map(u64::from) == Some(check_digit(&code[..12]))
            })
    };
    let first = text.lines().skip(1).filter_map(|row| row.split(',').next());
    Ok(first.filter(plain).map(str::to_owned).collect())
}

/// The codes in an order that no cache would like: a stride that shares no factor with most counts.
pub(crate) fn scattered(codes: &[String]) -> impl Iterator<Item = &String> {
    (0..codes.len()).map(|nth| &codes[nth.wrapping_mul(48_271) % codes.len()])
}
