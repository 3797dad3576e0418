//! `holdfastctl` as scripts use it: exit status 0 only when done, a refusal in words and as JSON,
//! and nothing half done.

use std::io::Write as _;

use suite::{CloudRoom, Cut, Line, Shop, ctl, program};

fn new_till() -> Shop {
    let shop = Shop::bare();
    let made = ctl(&shop.dir(), &["init", "--empty", "--currency", "GBP"]);
    assert!(made.done, "{made:?}");
    shop
}

const CATALOGUE: &str = "code,name,price,unit\nTEA,Tea,2.55,piece\nCAKE,Cake,1.99,piece\n";

fn stocked() -> Shop {
    let shop = new_till();
    let file = shop.file("good.csv", CATALOGUE.as_bytes());
    let read = ctl(
        &shop.dir(),
        &["catalogue", "import", file.to_str().unwrap()],
    );
    assert!(read.done, "{read:?}");
    shop
}

fn sales(shop: &Shop) -> u64 {
    let proof = ctl(&shop.dir(), &["verify"]);
    assert!(proof.done, "the journal verifies: {proof:?}");
    proof.json()["till"]["sales"].as_u64().unwrap()
}

#[test]
fn a_sale_that_cannot_be_made_makes_none_and_says_why() {
    let shop = stocked();
    let table: [(&[&str], &str); 7] = [
        (&["sell", "--code", "NOPE", "--cash", "5"], "unknown_code"),
        (
            &["sell", "--code", "TEA", "--code", "NOPE", "--cash", "50"],
            "unknown_code",
        ),
        (
            &["sell", "--code", "TEA", "--cash", "abc"],
            "amount_malformed",
        ),
        (
            &["sell", "--code", "TEA", "--cash", "2.555"],
            "amount_malformed",
        ),
        (
            &["sell", "--code", "TEA", "--cash", "-5"],
            "amount_malformed",
        ),
        (&["sell", "--code", "TEA", "--cash=-5"], "amount_malformed"),
        (&["sell", "--code", "TEA", "--cash", "2.54"], "tender_short"),
    ];
    for (arguments, code) in table {
        let refused = ctl(&shop.dir(), arguments);
        if refused.words.contains("Usage:") {
            assert!(!refused.done, "{arguments:?}");
            continue;
        }
        assert_eq!(
            refused.refusal()["code"],
            code,
            "{arguments:?}: {refused:?}"
        );
        assert_eq!(sales(&shop), 0, "{arguments:?} sells nothing");
    }
    let sold = ctl(
        &shop.dir(),
        &["sell", "--code", "TEA", "--code", "TEA", "--cash", "10"],
    );
    assert!(sold.done, "no cart was left in the way: {sold:?}");
    assert_eq!(sold.json()["change_minor"], 490, "{sold:?}");
    assert_eq!(sales(&shop), 1);
}

#[test]
fn a_currency_or_a_pin_that_is_none_sets_nothing_up() {
    let shop = Shop::bare();
    for arguments in [
        &["init", "--empty", "--currency", "XXQ"][..],
        &["init", "--empty", "--currency", "GBP", "--pin", "1234"],
        &["init", "--empty", "--currency", "GBP", "--pin", "12"],
        &["init", "--empty", "--currency", "GBP", "--till-name", ""],
        &["init", "--empty"],
    ] {
        let refused = ctl(&shop.dir(), arguments);
        assert!(!refused.done, "{arguments:?}: {refused:?}");
        assert!(refused.out.is_empty(), "nothing is claimed: {refused:?}");
    }
    let made = ctl(&shop.dir(), &["init", "--empty", "--currency", "GBP"]);
    assert!(made.done, "it can still be set up: {made:?}");
    let again = ctl(&shop.dir(), &["init", "--demo"]);
    assert_eq!(again.refusal()["code"], "already_set_up", "{again:?}");
}

#[test]
fn a_folder_without_a_till_is_told_and_not_filled() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("typo");
    for arguments in [
        &["verify"][..],
        &["doctor"],
        &["sell", "--code", "TEA", "--cash", "5"],
    ] {
        let refused = ctl(&missing, arguments);
        assert_eq!(refused.refusal()["code"], "not_set_up", "{refused:?}");
        assert!(!missing.exists(), "{arguments:?} makes nothing");
    }
}

#[test]
fn broken_rows_are_told_by_number_and_the_rest_is_imported() {
    let shop = new_till();
    let csv = b"code,name,price,unit\nTEA,Tea,2.55,piece\nX1,,1.00,piece\nX2,Bad price,abc,piece\nX3,Negative,-1,piece\nX4,\"never closed,1,piece\n";
    let mut with_bytes = b"code,name,price,unit\nTEA,Tea,2.55,piece\nX1,,1.00,piece\nX2,Bad price,abc,piece\nX3,Negative,-1,piece\nX5,Not text \xff\xfe,1,piece\nX6,Too,many,columns,here,1\nCAKE,Cake,1.99,piece\n".to_vec();
    let broken = shop.file("broken.csv", csv);
    let plain = shop.file("bytes.csv", &with_bytes);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&with_bytes).unwrap();
    with_bytes.clear();
    let packed = shop.file("bytes.csv.gz", &packer.finish().unwrap());
    let import = |file: &std::path::Path, more: &[&str]| {
        let mut arguments = vec!["catalogue", "import", file.to_str().unwrap()];
        arguments.extend(more);
        ctl(&shop.dir(), &arguments)
    };
    let known = |code: &str| {
        let answer = ctl(&shop.dir(), &["scan", code]);
        !answer.json()["products"].as_array().unwrap().is_empty()
    };
    for file in [&plain, &packed] {
        let dry = import(file, &["--dry-run"]);
        assert!(dry.done, "{dry:?}");
        assert_eq!(dry.json()["imported"], 2, "{dry:?}");
        assert!(!known("TEA"), "a dry run changes nothing");
    }
    let real = import(&packed, &[]);
    let report = real.json();
    assert_eq!(report["imported"], 2, "the rest is imported: {real:?}");
    let rows: Vec<u64> = report["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["row"].as_u64().unwrap())
        .collect();
    assert_eq!(rows, [3, 4, 5, 6, 7], "each by its number: {real:?}");
    assert!(
        report["refused"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["reason"].as_str().unwrap().len() > 10),
        "and its reason"
    );
    assert!(known("TEA") && known("CAKE") && !known("X2"), "as reported");
    let torn = import(&broken, &[]);
    assert!(torn.done, "an open quote is a bad row, too: {torn:?}");
    assert!(
        torn.json()["refused_rows"].as_u64().unwrap() >= 4,
        "{torn:?}"
    );
}

#[test]
fn a_file_that_is_no_catalogue_is_refused_whole() {
    let shop = stocked();
    let not_gz = shop.file("x.csv.gz", b"this is not gzip");
    let other = shop.file("y.csv", b"a,b,c\n1,2,3\n");
    let empty = shop.file("z.csv", b"");
    for file in [
        not_gz.to_str().unwrap(),
        other.to_str().unwrap(),
        empty.to_str().unwrap(),
        "/nowhere/at/all.csv",
    ] {
        let refused = ctl(&shop.dir(), &["catalogue", "import", file]);
        assert_eq!(
            refused.refusal()["code"],
            "file_unreadable",
            "{file}: {refused:?}"
        );
    }
    let found = ctl(&shop.dir(), &["scan", "TEA"]);
    assert!(
        found.done && found.words.is_empty(),
        "what was there is there: {found:?}"
    );
}

#[test]
fn a_cloud_that_is_not_there_is_exit_status_one_and_the_sale_is_safe() {
    const PAGE: &[u8] =
        b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 9\r\n\r\n<h1>No</h";
    let shop = stocked();
    let nobody = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    let page = Line::to(nobody, Cut::Says(PAGE));
    for url in [
        format!("http://{nobody}"),
        page.url(),
        "gibberish".to_owned(),
    ] {
        let refused = ctl(
            &shop.dir(),
            &["enrol", "--cloud", &url, "--code", "ABCDE12345"],
        );
        assert_eq!(
            refused.refusal()["code"],
            "cloud_unreachable",
            "{url}: {refused:?}"
        );
    }
    let alone = ctl(&shop.dir(), &["sync", "--until-drained"]);
    assert_eq!(
        alone.refusal()["code"],
        "not_set_up",
        "it belongs to no cloud yet: {alone:?}"
    );

    let mut cloud = CloudRoom::start();
    let joined = ctl(
        &shop.dir(),
        &["enrol", "--cloud", &cloud.url(), "--code", &cloud.code()],
    );
    assert!(joined.done, "{joined:?}");
    cloud.stop();
    assert!(
        ctl(&shop.dir(), &["sell", "--code", "TEA", "--cash", "5"]).done,
        "selling never waits"
    );
    let tried = ctl(&shop.dir(), &["sync"]);
    assert!(
        !tried.done,
        "one try that did not arrive is not done: {tried:?}"
    );
    let tried = ctl(&shop.dir(), &["sync", "--until-drained", "--timeout", "1"]);
    assert!(!tried.done, "{tried:?}");
    let queue = ctl(&shop.dir(), &["queue", "list"]);
    assert!(
        queue.json()["ops_waiting"].as_u64().unwrap() >= 1,
        "it waits: {queue:?}"
    );
    let compared = ctl(&shop.dir(), &["verify", "--against-cloud"]);
    assert!(
        !compared.done,
        "what could not be compared is not proved: {compared:?}"
    );

    cloud.run();
    let sent = ctl(&shop.dir(), &["sync", "--until-drained", "--timeout", "60"]);
    assert!(sent.done, "{sent:?}");
    let compared = ctl(&shop.dir(), &["verify", "--against-cloud"]);
    assert_eq!(compared.json()["equal"], true, "{compared:?}");
    assert_eq!(compared.json()["cloud"]["sales"], 1, "{compared:?}");
}

#[test]
fn a_receipt_is_asked_for_by_number_id_or_last_and_a_wrong_one_is_told() {
    let shop = stocked();
    let none = ctl(&shop.dir(), &["receipt", "last"]);
    assert_eq!(none.refusal()["code"], "sale_unknown", "{none:?}");
    let sold = ctl(&shop.dir(), &["sell", "--code", "TEA", "--cash", "5"]);
    let number = sold.json()["number"].as_str().unwrap().to_owned();
    let id = sold.json()["sale_id"].as_str().unwrap().to_owned();
    for sale in [number.as_str(), id.as_str(), "last"] {
        let text = ctl(&shop.dir(), &["receipt", sale]);
        assert!(text.done && text.out.contains(&number), "{sale}: {text:?}");
    }
    for sale in ["NO-1-99-ab", "00000000-0000-0000-0000-000000000000"] {
        let refused = ctl(&shop.dir(), &["receipt", sale]);
        assert_eq!(refused.refusal()["code"], "sale_unknown", "{refused:?}");
    }
}

#[test]
fn a_second_process_is_refused_by_name() {
    let mut shop = Shop::alone("GBP");
    let refused = ctl(&shop.dir(), &["verify"]);
    let refusal = refused.refusal();
    assert_eq!(refusal["code"], "vault_in_use", "{refused:?}");
    let process = std::process::id().to_string();
    assert!(
        refusal["detail"].as_str().unwrap().contains(&process),
        "it names the other: {refused:?}"
    );
    shop.close();
    assert!(
        ctl(&shop.dir(), &["verify"]).done,
        "once it is closed, it opens"
    );
    assert!(
        program("holdfast-cloud").exists(),
        "the cloud's program is built as well"
    );
}
