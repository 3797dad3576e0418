//! Seeds of the targets that read a short text or a script.

use protocol::signing::{AccessToken, Authorization, SignatureHex};
use uuid::Uuid;

use super::{Seed, seed};

pub(super) fn put(seeds: &mut Vec<Seed>) {
    barcodes(seeds);
    decimals(seeds);
    headers(seeds);
    journals(seeds);
    packed(seeds);
}

fn barcodes(seeds: &mut Vec<Seed>) {
    // One rule each: prefix, item digits, value digits, flags.
    let rules: [&[u8]; 4] = [
        &[0],
        &[1, 0, 5, 5, 0],
        &[1, 1, 5, 5, 2],
        &[2, 1, 4, 5, 1, 0, 5, 4, 5],
    ];
    let codes = [
        "5012345678900",
        "012345678905",
        "00012345678905",
        "01234565",
        "96385074",
        "]E05012345678900\r",
        "2112345001995",
        "0212345006789",
        "501 2345 678900",
        "SHELF-7 é",
        "http://a.example/q?gtin=05012345678900",
    ];
    for (at, code) in codes.iter().enumerate() {
        let bytes = [rules[at % rules.len()], code.as_bytes()].concat();
        seeds.push(seed("barcode", format!("code-{at:02}"), bytes));
    }
}

fn decimals(seeds: &mut Vec<Seed>) {
    let texts = [
        "12.50",
        "-0.02",
        "1,234.5",
        "1,23",
        "0.001",
        "5.000",
        ".5",
        "5.",
        "-",
        "10,000,000,000.00",
        "10000000000.01",
        "5012345678900",
        "1e3",
        "٣",
        " 7 ",
        "12,50",
    ];
    for (at, text) in texts.iter().enumerate() {
        let number = [0, 1, u64::MAX, 1 << 63, 99, 1_000_000][at % 6].to_le_bytes();
        let currency = [u8::try_from(at * 5 % 35).unwrap_or(0)];
        let bytes = [&currency[..], &number, text.as_bytes()].concat();
        seeds.push(seed("decimal", format!("text-{at:02}"), bytes));
    }
}

fn headers(seeds: &mut Vec<Seed>) {
    let token = AccessToken {
        expires_at_ms: 1_795_132_800_000,
        proof: [8; 32],
    };
    let header = |token| Authorization {
        till: Uuid::from_u128(9),
        at_ms: 1_795_132_800_000,
        token,
        signature: SignatureHex([3; 64]),
    };
    let texts = [
        ("signed", header(Some(token)).to_header()),
        ("tokenless", header(None).to_header()),
        ("token", token.to_text()),
        ("place", format!("17.{}", Uuid::from_u128(5).simple())),
        ("segment", "ab".repeat(16)),
        ("chain", "cd".repeat(32)),
        ("bearer", "Bearer hfr_00".to_owned()),
    ];
    seeds.extend(texts.map(|(name, text)| seed("header", name, text)));
}

fn journals(seeds: &mut Vec<Seed>) {
    // How, how many, then for each: kind and what it needs; then damages.
    let four = [
        3, 4, 0, 5, b'h', b'e', b'l', b'l', b'o', 5, 3, 1, b'n', 2, b'{', b'}', 9,
    ];
    let damages: [(&str, &[u8]); 10] = [
        ("whole", &[]),
        ("flip", &[0, 90, 0, 3]),
        ("overwrite", &[1, 200, 0, 4, 1, 2, 3, 4]),
        ("zeros", &[2, 150, 0, 60]),
        ("cut", &[3, 180, 0]),
        ("tail", &[4, 0, 0, 6, 1, 0, 0, 0, 9, 9]),
        ("moved", &[5, 64, 0, 130, 0, 80]),
        ("inserted", &[6, 70, 0, 2, 7, 7]),
        ("removed", &[7, 70, 0, 9]),
        ("numbers", &[8, 100, 0, 64, 1]),
    ];
    for (name, damage) in damages {
        for how in [0_u8, 5] {
            let bytes = [&[how][..], &four, damage].concat();
            seeds.push(seed("journal_file", format!("{name}-{how}"), bytes));
        }
    }
    let foreign = [&[255][..], &[64, 0, 0, 0, 1, 2, 3, 4], &[7; 80]].concat();
    seeds.push(seed("journal_file", "foreign", foreign));
    seeds.push(seed(
        "journal_file",
        "headless",
        [&[254][..], b"HOLDFJNL", &[0; 60]].concat(),
    ));
}

fn packed(seeds: &mut Vec<Seed>) {
    let plain = b"a till sells and a till sells ".repeat(50);
    let bomb = vec![0; 3_000_000];
    let mut put = |name: &str, how: [u8; 3], bytes: &[u8]| {
        seeds.push(seed("packed", name, [&how[..], bytes].concat()));
    };
    let zstd = |bytes: &[u8]| zstd::bulk::compress(bytes, 3).unwrap_or_default();
    put("zstd", [0, 4, 2], &zstd(&plain));
    put(
        "zstd-twice",
        [0, 4, 2],
        &[zstd(&plain), zstd(b"more")].concat(),
    );
    put("zstd-bomb", [0, 4, 2], &zstd(&bomb));
    put("zstd-cut", [0, 3, 2], &zstd(&plain)[..20]);
    put("gzip", [1, 4, 2], &gzip(&plain));
    put("gzip-bomb", [1, 4, 1], &gzip(&bomb));
    put("plain", [2, 2, 0], &plain[..900]);
    put("identity", [2, 2, 0], b"identity");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}
