//! What the screens do with articles, stock and the cloud, `holdfastctl` does for scripts.

use suite::{Shop, ctl};

const CATALOGUE: &str = "code,name,price,unit\nTEA,Tea,2.55,piece\n";

fn stocked() -> Shop {
    let shop = Shop::bare();
    let made = ctl(&shop.dir(), &["init", "--empty", "--currency", "GBP"]);
    assert!(made.done, "{made:?}");
    let file = shop.file("good.csv", CATALOGUE.as_bytes());
    let file = file.to_str().expect("a plain path");
    let read = ctl(&shop.dir(), &["catalogue", "import", file]);
    assert!(read.done, "{read:?}");
    shop
}

#[test]
fn goods_are_received_counted_corrected_and_explained() {
    let shop = stocked();
    let dir = shop.dir();
    for arguments in [
        &["receive", "TEA=10", "--reference", "DN 12"][..],
        &["count", "TEA=8"],
        &["adjust", "TEA=-1", "--reason", "broken"],
    ] {
        let done = ctl(&dir, arguments);
        assert!(done.done, "{arguments:?}: {done:?}");
    }
    let card = ctl(&dir, &["stock", "TEA"]).json();
    assert_eq!(card["level"]["on_hand_milli"], 7_000, "why is it 7? {card}");
    let words: Vec<_> = card["movements"]
        .as_array()
        .expect("movements")
        .iter()
        .map(|line| line["words"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        words,
        [
            "Corrected by -1 by the command line: broken",
            "Counted 8 by the command line",
            "Received 10 by the command line, note DN 12",
        ],
        "each movement says how"
    );
    let refused = ctl(&dir, &["count", "TEA=minus"]).refusal();
    assert_eq!(refused["code"], "amount_malformed", "{refused}");
}

#[test]
fn an_article_is_changed_and_a_no_leaves_it_as_it_is() {
    let shop = stocked();
    let dir = shop.dir();
    let changed = ctl(&dir, &["edit-product", "TEA", "--price", "2.75"]).json();
    assert_eq!(changed["product"]["price_minor"], 275, "{changed}");
    let refused = ctl(&dir, &["edit-product", "TEA", "--tax-class", "luxury"]).refusal();
    assert_eq!(refused["code"], "tax_class_unknown", "{refused}");
    let found = ctl(&dir, &["scan", "TEA"]).json();
    assert_eq!(found["products"][0]["price_minor"], 275, "{found}");
}

#[test]
fn proof_support_file_and_export_end_with_a_status_that_can_be_trusted() {
    let shop = stocked();
    let dir = shop.dir();
    let sold = ctl(&dir, &["sell", "--code", "TEA", "--cash", "5"]);
    assert!(sold.done, "{sold:?}");
    let proof = ctl(&dir, &["proof"]);
    assert!(proof.done, "{proof:?}");
    assert_eq!(proof.json()["journal_ok"], true, "{proof:?}");
    let out = dir.join("support.txt").display().to_string();
    assert!(ctl(&dir, &["support-bundle", "--out", &out]).done);
    let twice = ctl(&dir, &["support-bundle", "--out", &out]).refusal();
    assert_eq!(twice["code"], "path_taken", "nothing is written over");
    let all = dir.join("all.zst").display().to_string();
    let made = ctl(&dir, &["export", &all]);
    assert!(made.done && made.json()["path"] == all.as_str(), "{made:?}");
    for arguments in [&["leave"][..], &["test-path"]] {
        let refused = ctl(&dir, arguments).refusal();
        assert_eq!(
            refused["code"], "no_cloud",
            "a till that is alone has nothing to leave and nowhere to go"
        );
    }
    let open = ctl(&dir, &["conflicts"]);
    assert_eq!(open.json(), serde_json::json!([]), "and nobody is needed");
}
