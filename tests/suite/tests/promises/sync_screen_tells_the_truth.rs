//! The Sync screen says what is so: why a sale waits, what both ends hold, and what support sees.

use app::Code;
use app::dto::{
    ConflictQuery, LeaveRequest, LogQuery, PathStepName, QueueQuery, SentenceKind, SyncState,
};
use suite::{CloudRoom, Shop};

fn joined(cloud: &CloudRoom) -> Shop {
    let shop = Shop::alone("GBP");
    shop.till()
        .enrol(cloud.url(), cloud.code())
        .expect("it is let in");
    shop
}

fn queue(limit: u32) -> QueueQuery {
    QueueQuery {
        limit,
        ..QueueQuery::default()
    }
}

fn all() -> ConflictQuery {
    ConflictQuery {
        text: None,
        settled: false,
        limit: 10,
    }
}

#[test]
fn a_sale_says_in_one_sentence_why_it_is_not_in_the_cloud() {
    let mut cloud = CloudRoom::start();
    let shop = joined(&cloud);
    let first = shop.sell(&["TEA"]);
    let second = shop.sell(&["CAKE"]);
    let why = |id| shop.till().sale(id).expect("the sale").why_waiting;
    assert_eq!(
        why(first.sale_id).as_deref(),
        Some("It is next to be sent."),
        "nothing was tried yet"
    );
    assert_eq!(
        why(second.sale_id).as_deref(),
        Some(
            "One earlier record goes before it; records are sent in the order in which they were made."
        ),
        "order is kept"
    );
    cloud.stop();
    let report = shop.till().synchronize(false, 10).expect("a report");
    assert!(!report.drained, "the cloud is away");
    let waiting = shop.till().queue(queue(10)).expect("the queue");
    assert_eq!(
        waiting
            .iter()
            .map(|op| op.words.clone())
            .collect::<Vec<_>>(),
        [
            format!("Sale {}", second.number),
            format!("Sale {}", first.number)
        ],
        "what waits, the newest first"
    );
    let log = shop.till().sync_log(LogQuery {
        limit: 10,
        ..LogQuery::default()
    });
    assert!(
        !log.expect("the log").is_empty(),
        "the attempt that failed is in the log"
    );
    cloud.run();
    assert!(shop.till().synchronize(true, 30).expect("a report").drained);
    assert_eq!(why(first.sale_id), None, "it is in the cloud");
    assert_eq!(shop.till().queue(queue(10)).expect("the queue"), []);
    assert_eq!(shop.till().needs_you(all()).expect("the list"), []);
}

#[test]
fn both_ends_are_equal_only_when_counts_sum_and_hash_are() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud);
    shop.sell(&["TEA", "CAKE"]);
    let ahead = shop.till().check_proof().expect("a proof");
    assert_eq!(ahead.equal, Some(false), "the till is ahead: {ahead:?}");
    assert!(!ahead.differences.is_empty(), "and it is said in what");
    assert!(shop.till().synchronize(true, 30).expect("a report").drained);
    let proof = shop.till().check_proof().expect("a proof");
    assert_eq!(proof.equal, Some(true), "{proof:?}");
    assert_eq!(
        Some(&proof.till),
        proof.cloud.as_ref(),
        "figure by figure and by the hash at the head"
    );
    assert!(proof.journal_ok && proof.journal_verified_to == proof.till.head_seq);
    let kept = shop.till().proof().expect("the last one");
    assert_eq!(kept, proof, "the last proof is kept");
}

#[test]
fn a_pause_stops_sending_and_nothing_else_and_outlives_a_restart() {
    let cloud = CloudRoom::start();
    let mut shop = joined(&cloud);
    shop.till().pause_sync(true).expect("paused");
    shop.close();
    shop.open_window();
    shop.sell(&["TEA"]);
    let overview = shop.till().sync_overview().expect("the screen");
    assert_eq!(
        (overview.sentence_kind, overview.paused, overview.waiting),
        (SentenceKind::Paused, true, 1),
        "it is said, and the sale is safe here"
    );
    let ops = "SELECT count(*) FROM op_log";
    assert_eq!(cloud.count(ops), 0, "nothing was sent");
    shop.till().pause_sync(false).expect("it goes on");
    assert!(
        suite::until(|| shop
            .till()
            .sync_overview()
            .is_ok_and(|now| now.waiting == 0)),
        "and then it is sent"
    );
    assert_eq!(cloud.count(ops), 1, "once");
    shop.close();
}

#[test]
fn leaving_never_loses_what_the_cloud_does_not_hold() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud);
    shop.sell(&["TEA"]);
    shop.sell(&["CAKE"]);
    let no = shop
        .till()
        .leave_cloud(LeaveRequest::default())
        .expect_err("two records wait");
    assert_eq!(
        (no.code, no.value.as_deref()),
        (Code::OpsUnsent, Some("2")),
        "the count is said"
    );
    let path = shop.dir().join("unsent.zst").display().to_string();
    let request = LeaveRequest {
        export_to: Some(path.clone()),
    };
    let left = shop.till().leave_cloud(request.clone()).expect("it leaves");
    assert!(left.words.contains("2 records"), "{left:?}");
    assert!(
        std::fs::metadata(&path).is_ok_and(|file| file.len() > 0),
        "they are in the file"
    );
    let proof = shop.till().verify(false).expect("a proof");
    assert_eq!(proof.till.counts.sales, 2, "and here, as before");
    shop.prove();
    assert_eq!(
        shop.till().leave_cloud(request).expect_err("gone").code,
        Code::NoCloud,
        "there is nothing to leave any more"
    );
    let again = shop.till().salvage_file(path).expect_err("it is there");
    assert_eq!(again.code, Code::PathTaken, "no file is written over");
    shop.sell(&["TEA"]);
}

#[test]
fn no_tool_and_no_sign_out_takes_an_unsent_record() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud);
    shop.sell(&["TEA"]);
    assert!(shop.till().synchronize(true, 30).expect("a report").drained);
    shop.sell(&["CAKE"]);
    let before = shop.till().verify(false).expect("a proof").till.counts;
    shop.till().rebuild_outbox().expect("rebuilt");
    shop.till().reread_catalogue().expect("begun again");
    shop.till().sign_out().expect("signed out");
    shop.sign_in();
    let after = shop.till().verify(false).expect("a proof").till.counts;
    assert_eq!(after, before, "every record is where it was");
    let report = shop.till().synchronize(true, 30).expect("a report");
    assert!(report.drained, "{report:?}");
    let waiting = shop.till().status().expect("the frame").safety.ops_waiting;
    assert_eq!(waiting, 0, "the till knows that the cloud holds all of it");
    let twice = cloud.count("SELECT count(*) FROM op_log WHERE dup = 1");
    assert_eq!(twice, 0, "what the cloud had was not sent again");
    assert_eq!(cloud.count("SELECT count(*) FROM op_log"), 2, "each once");
}

#[test]
fn a_sale_is_found_by_number_amount_and_barcode() {
    let shop = Shop::alone("GBP");
    shop.stock("name,barcode,price\nCola,012345678905,1.40\n");
    let cola = shop.sell(&["012345678905"]);
    shop.sell(&["TEA"]);
    let find = |text: &str| {
        let found = shop.till().find_sale(text.to_owned()).expect("a search");
        found.iter().map(|row| row.sale_id).collect::<Vec<_>>()
    };
    assert_eq!(find(&cola.number), [cola.sale_id], "its receipt number");
    assert_eq!(find("1.40"), [cola.sale_id], "its amount");
    assert_eq!(find("012345678905"), [cola.sale_id], "the code on it");
    assert!(find(" ").is_empty(), "nothing finds nothing");
}

#[test]
fn the_way_to_the_cloud_is_tried_step_by_step() {
    let mut cloud = CloudRoom::start();
    let shop = joined(&cloud);
    let steps = shop.till().test_path().expect("the steps");
    assert!(
        steps.len() == 6 && steps.iter().all(|step| step.ok),
        "all is well: {steps:?}"
    );
    cloud.stop();
    let steps = shop.till().test_path().expect("the steps");
    let first_bad = steps.iter().find(|step| !step.ok).map(|step| step.name);
    assert_eq!(
        first_bad,
        Some(PathStepName::Tcp),
        "nobody listens, and that is where to look: {steps:?}"
    );
    assert_eq!(steps.len(), 6, "steps that were not reached say so");
}

#[test]
fn what_support_gets_holds_no_secret_and_no_name() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud);
    shop.stock("code,name,price\nELIXIR,Secret Elixir,7.77\n");
    let sold = shop.sell(&["ELIXIR"]);
    let made = shop.till().support_bundle(None).expect("a file");
    let text = std::fs::read_to_string(&made.path).expect("it is text");
    assert!(
        text.contains(&sold.number) && text.contains("sale_recorded_v1"),
        "a receipt's number is in it"
    );
    let key = std::fs::read_to_string(shop.dir().join("till.key")).expect("the key");
    let key: serde_json::Value = serde_json::from_str(&key).expect("its form");
    let secrets = [
        key["vault"].as_str().expect("a key"),
        key["signing"].as_str().expect("a key"),
    ];
    let names = [
        "Secret Elixir",
        "Mona",
        "ELIXIR",
        "7.77",
        "$argon2",
        "pin_hash",
    ];
    for never in secrets.into_iter().chain(names) {
        assert!(
            !text.contains(never),
            "{never:?} must not be in it:\n{text}"
        );
    }
    assert!(
        text.lines().all(|line| line.len() < 2_000),
        "and a person can read it"
    );
    let synced = shop.till().sale(sold.sale_id).expect("the sale").row.sync;
    assert_eq!(synced, SyncState::Pending, "it is not in the cloud yet");
}
