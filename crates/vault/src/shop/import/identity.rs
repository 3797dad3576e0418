//! Which article a row is, and what it costs when the file has no prices.
//!
//! An article's id is made from what names it, so that the same file gives the same ids on every till and at
//! every import, and an older sale still finds its article after a catalogue was made anew:
//!
//! - with an own code, the code names it: a renamed or repriced article stays the same article;
//! - otherwise its first barcode and its name do: two names under one barcode are two articles (ask).
//!
//! The id is a version 8 UUID: the first 16 bytes of SHA-256 over `holdfast/product/1`, a zero byte, `code` or
//! `barcode`, a zero byte, the code or the normal key, and for barcodes a zero byte and the name.

use domain::normal_key;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The id of the article with this own code.
pub fn product_id_of_code(code: &str) -> Uuid {
    id_of(&[b"code", code.as_bytes()])
}

/// The id of the article with this first barcode and name.
pub fn product_id_of_barcode(barcode: &str, name: &str) -> Uuid {
    id_of(&[b"barcode", normal_key(barcode).as_bytes(), name.as_bytes()])
}

fn id_of(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(b"holdfast/product/1");
    for part in parts {
        hash.update([0]);
        hash.update(part);
    }
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A price for demo branches and measurements, by a fixed rule: `n` = the key's bytes read as base 31 modulo
/// 1,000,003; the price is 29 + 10 × (n mod 200) minor units, so 0.29 to 20.19 in steps of 0.10.
pub fn price_from_barcode(key: &str) -> i64 {
    let n = key
        .bytes()
        .fold(0_i64, |n, byte| (n * 31 + i64::from(byte)) % 1_000_003);
    29 + 10 * (n % 200)
}
