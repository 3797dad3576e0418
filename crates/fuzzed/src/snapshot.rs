//! A snapshot of the catalogue: taken over whole or not at all, at whatever place it was cut or changed.

use protocol::pull::{SnapshotHead, SnapshotPart};
use vault::shop::ShopError;

use crate::bites::Bites;
use crate::pull_page::{fingerprint, sells};
use crate::shelf;

/// The lines are packed here; otherwise the bytes are what arrived.
pub(crate) const LINES: u8 = 1;
/// It arrives in two parts.
const PARTS: u8 = 2;

/// How, then the file.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let (how, cut) = (bites.byte(), bites.byte());
    let rest = bites.rest();
    let file = if how & LINES == LINES {
        zstd::bulk::compress(rest, 1).expect("memory is packed")
    } else {
        rest.to_vec()
    };
    let (dir, shop) = shelf::shop();
    let before = fingerprint(&shop);
    let cut = if how & PARTS == PARTS {
        usize::from(cut).min(file.len())
    } else {
        0
    };
    let (first, second) = file.split_at(cut);
    let mut from = 0;
    for bytes in [first, second] {
        let part = SnapshotPart {
            etag: "one".to_owned(),
            total: file.len() as u64,
            from,
            bytes: bytes.to_vec(),
        };
        from += bytes.len() as u64;
        shop.keep_snapshot_part(&part).expect("a part is kept");
    }
    let taken = shop.publish_snapshot(1, 0, &mut |_, _| {});
    match taken {
        Ok(_) => whole(rest, how),
        Err(ShopError::Snapshot { why }) => {
            assert!((1..4_000).contains(&why.len()), "{} bytes", why.len());
            assert_eq!(fingerprint(&shop), before, "the old catalogue stands");
            shop.forget_snapshot().expect("and it begins again");
            assert!(shop.snapshot_place().is_none(), "from nothing");
        }
        Err(other) => panic!("nothing else is wrong with a snapshot: {other}"),
    }
    sells(&shop);
    let after = fingerprint(&shop);
    drop(shop);
    assert_eq!(
        fingerprint(&shelf::reopened(&dir)),
        after,
        "a restart changes nothing"
    );
}

/// What was taken over was whole: its head counted its rows.
fn whole(lines: &[u8], how: u8) {
    if how & LINES == 0 {
        return;
    }
    let lines: Vec<&[u8]> = lines.split(|byte| *byte == b'\n').collect();
    let head: SnapshotHead =
        serde_json::from_slice(lines.first().copied().unwrap_or_default()).expect("a head");
    let rows = lines.iter().skip(1).filter(|line| !line.is_empty()).count();
    assert_eq!(rows as u64, head.rows, "every row that was announced");
}
