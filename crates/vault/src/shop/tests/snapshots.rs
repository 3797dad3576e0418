//! The first catalogue as one file: joined from its parts, taken over whole.

use protocol::pull::{PullRow, PullScope, SnapshotHead, SnapshotPart};

use super::pulls::{EPOCH, class, product};
use super::{article, open, scanned, shop};
use crate::shop::ShopError;

/// The bytes of a snapshot.
fn snapshot(rows: &[PullRow], cursor: &str) -> Vec<u8> {
    let head = SnapshotHead {
        cloud_epoch: EPOCH,
        watermark: rows.iter().map(|row| row.rv).max().unwrap_or(0),
        cursor: cursor.to_owned(),
        rows: rows.len() as u64,
    };
    let mut text = serde_json::to_string(&head).expect("JSON");
    for row in rows {
        text.push('\n');
        text.push_str(&serde_json::to_string(row).expect("JSON"));
    }
    zstd::encode_all(text.as_bytes(), 1).expect("packed")
}

fn part(etag: &str, whole: &[u8], from: usize, to: usize) -> SnapshotPart {
    SnapshotPart {
        etag: etag.to_owned(),
        total: whole.len() as u64,
        from: from as u64,
        bytes: whole[from..to].to_vec(),
    }
}

#[test]
fn a_snapshot_cut_anywhere_goes_on_where_it_was_and_is_taken_over_whole() {
    let rows: Vec<PullRow> = std::iter::once(class(1, "food", 500))
        .chain((2..60).map(|rv| product(rv, &format!("P{rv}"), 100, "food")))
        .collect();
    let whole = snapshot(&rows, "after-it");
    for cut in [1, 7, whole.len() / 2, whole.len() - 1] {
        let (dir, shop) = shop();
        shop.put_product(&article("HERE", "Made here"), &[])
            .expect("put");
        shop.keep_snapshot_part(&part("a", &whole, 0, cut))
            .expect("kept");
        assert!(
            matches!(
                shop.publish_snapshot(1, 0, &mut |_, _| {}),
                Err(ShopError::Snapshot { .. })
            ),
            "a part is no snapshot"
        );
        drop(shop);
        let shop = open(dir.path());
        let here = shop
            .snapshot_place()
            .expect("the part outlives the program");
        assert_eq!(here.held, cut as u64, "to the byte");
        let wrong = shop.keep_snapshot_part(&part("b", &whole, cut, whole.len()));
        assert_eq!(
            wrong.expect("answers"),
            Some(here),
            "another snapshot's part is left out"
        );
        shop.keep_snapshot_part(&part("a", &whole, cut, whole.len()))
            .expect("kept");
        let done = shop
            .publish_snapshot(1, 0, &mut |_, _| {})
            .expect("taken over");
        assert_eq!(done.rows, 59, "every row, cut at {cut}");
        let at = shop.pull_place(PullScope::Catalogue).expect("the place");
        assert_eq!(
            at.cursor.as_deref(),
            Some("after-it"),
            "pages go on from here"
        );
        assert_eq!(
            scanned(&shop, "BAR-P59"),
            ["Article P59"],
            "and it is sold from"
        );
        assert_eq!(
            scanned(&shop, "HERE"),
            ["Made here"],
            "what was made here stays"
        );
        assert_eq!(
            shop.snapshot_place(),
            None,
            "the file is not needed any more"
        );
    }
}
