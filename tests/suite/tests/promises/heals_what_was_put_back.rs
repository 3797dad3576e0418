//! Backups that were put back and disks that were copied: noticed, mended, nothing counted twice.

use suite::ctl;

use app::{ReplayHow, Till, TillOptions};

use crate::heals_room::{Proof, Room, drain};

const TWICE: &str = "SELECT count(*) - count(DISTINCT sale_id) FROM sale";
const SALES: &str = "SELECT count(*) FROM sale";
const WAITING_ASIDE: &str = "SELECT count(*) FROM op_quarantine WHERE settled_at_ms IS NULL";

fn incidents(room: &Room, kind: &str) -> i64 {
    room.count(&format!(
        "SELECT count(*) FROM till_incident WHERE kind = '{kind}'"
    ))
}

fn assert_same(room: &Room, till: &std::path::Path, sales: u64) {
    let proof = Proof::of(till);
    assert!(proof.holds(), "every link, on both media: {proof:?}");
    assert!(proof.equal(), "till and cloud hold the same: {proof:?}");
    assert_eq!(proof.sales(), sales, "each sale once: {proof:?}");
    assert_eq!(room.count(TWICE), 0, "no sale is counted twice");
}

#[test]
fn a_cloud_rolled_back_to_a_copy_taken_400_sales_earlier_is_healed_by_its_tills_alone() {
    let mut room = Room::new();
    let tills = [room.till("one"), room.till("two")];
    for till in &tills {
        room.ring(till, 30);
        drain(till);
    }
    room.stop();
    room.copy("cloud", "backup");
    room.run();
    for till in &tills {
        room.ring(till, 200);
        drain(till);
    }
    assert_eq!(room.count(SALES), 460, "all were there");
    room.stop();
    room.put_back("cloud", "backup");
    room.run();
    assert_eq!(
        room.count(SALES),
        60,
        "400 sales are gone, and nobody said so"
    );
    for till in &tills {
        drain(till);
        assert_same(&room, till, 230);
    }
    assert_eq!(room.count(SALES), 460, "every one is back");
    let jumped = "SELECT min(v >> 32) FROM tenant_clock";
    assert_eq!(
        room.count(jumped),
        1,
        "the cloud noticed by itself: versions begin beyond any that were told, once"
    );
}

#[test]
fn a_tills_vault_rolled_back_100_sales_notices_fetches_them_back_and_nothing_is_counted_twice() {
    for sold_before_it_is_noticed in [0, 7] {
        let mut room = Room::new();
        let till = room.till("till");
        room.ring(&till, 20);
        drain(&till);
        room.copy("till", "backup");
        // Two runs of the program, so that the tail lies in two segments.
        room.ring(&till, 60);
        room.ring(&till, 40);
        drain(&till);
        room.put_back("till", "backup");
        let sold = u64::from(sold_before_it_is_noticed);
        if sold > 0 {
            room.ring(&till, sold_before_it_is_noticed);
        }
        drain(&till);
        assert_same(&room, &till, 120 + sold);
        assert_eq!(incidents(&room, "rewind"), 1, "head office is told, once");
        room.ring(&till, 5);
        drain(&till);
        assert_same(&room, &till, 125 + sold);
        assert_eq!(incidents(&room, "rewind"), 1, "and not again");
        assert_eq!(incidents(&room, "cloned"), 0, "it is no copy");
        assert_eq!(room.count(WAITING_ASIDE), 0, "nothing lies aside");
    }
}

#[test]
fn a_vault_copied_to_a_second_machine_is_noticed_both_keep_selling_and_nothing_is_mixed() {
    let mut room = Room::new();
    let first = room.till("first");
    room.ring(&first, 20);
    drain(&first);
    let second = room.copy("first", "second");
    room.ring(&second, 5);
    room.ring(&first, 6);
    room.ring(&second, 3);
    drain(&first);
    drain(&second);
    assert_eq!(
        incidents(&room, "cloned") + incidents(&room, "rewind"),
        1,
        "the second machine's first hello shows it"
    );
    drain(&first);
    assert_eq!(incidents(&room, "cloned"), 2, "and the first one's next");
    for _ in 0..2 {
        room.ring(&first, 4);
        room.ring(&second, 4);
        drain(&second);
        drain(&first);
        drain(&second);
    }
    assert_eq!(
        room.count(SALES),
        50,
        "20 before, 14 on one, 16 on the other"
    );
    assert_eq!(room.count(TWICE), 0, "each once");
    assert_eq!(room.count(WAITING_ASIDE), 0, "nothing lies aside");
    assert_eq!(incidents(&room, "cloned"), 2, "each said it once");
    for (till, sales) in [(&first, 34), (&second, 36)] {
        let proof = Proof::of(till);
        assert!(proof.holds(), "every link, on both media: {proof:?}");
        assert_eq!(
            proof.sales(),
            sales,
            "its own sales and no other's: {proof:?}"
        );
        let shown = ctl(till, &["proof"]);
        assert!(!shown.done, "the two sides count different things");
        let shown = shown.json();
        let why = shown["differences"][0].as_str().unwrap_or_default();
        assert!(
            why.contains("a copy of this till"),
            "and it says why: {shown}"
        );
    }
}

#[test]
fn what_a_copy_fetched_of_its_twin_waits_no_more_when_a_cloud_that_went_back_has_it_again() {
    let mut room = Room::new();
    let first = room.till("first");
    room.ring(&first, 5);
    drain(&first);
    room.stop();
    room.copy("cloud", "backup");
    room.run();
    let second = room.copy("first", "second");
    // One run of the first one's program: the copy sees its segment in the middle, and takes it for its own tail.
    let running = Till::open(TillOptions::for_command(first.clone())).unwrap();
    running.sign_in_command_line().unwrap();
    let mut sell = |sales| {
        let rung = running.replay(&room.invoices(sales), &ReplayHow::default());
        rung.expect("they are rung");
        let sent = running.synchronize(true, 60).expect("it is sent");
        assert!(sent.drained, "{sent:?}");
    };
    sell(4);
    drain(&second);
    assert_eq!(Proof::of(&second).sales(), 9, "fetched back, as it thinks");
    sell(2);
    drop(running);
    room.ring(&second, 3);
    drain(&second);
    room.stop();
    room.put_back("cloud", "backup");
    room.run();
    for till in [&first, &second, &first] {
        drain(till);
    }
    assert_eq!(room.count(SALES), 14, "5 before, 6 on one, 3 on the other");
    assert_eq!(room.count(TWICE), 0, "each once");
    for till in [&first, &second] {
        let proof = Proof::of(till);
        assert!(proof.holds(), "every link, on both media: {proof:?}");
    }
}
