//! A till whose credential ended, and one that leaves: what it recorded is carried over as a file.

use suite::ctl;

use crate::heals_room::{Proof, Room, drain};

const SALES: &str = "SELECT count(*) FROM sale";
const TWICE: &str = "SELECT count(*) - count(DISTINCT sale_id) FROM sale";
const ASIDE: &str = "SELECT count(*) FROM op_quarantine WHERE settled_at_ms IS NULL";

/// Head office takes a file in; it changes nothing the second time.
fn taken_in(room: &Room, file: &str, sales: i64) {
    for _ in 0..2 {
        room.office(&["salvage", "--file", file]);
        assert_eq!(room.count(SALES), sales, "every sale of the file is there");
        assert_eq!(room.count(TWICE), 0, "once");
        assert_eq!(room.count(ASIDE), 0, "nothing of it lies aside");
    }
}

fn till_id(room: &Room) -> String {
    let listed = room.office(&["tills", "list"]);
    let till: serde_json::Value = serde_json::from_str(listed.trim()).expect("one till");
    till["till"].as_str().expect("its id").to_owned()
}

#[test]
fn what_a_revoked_till_wrote_to_a_file_is_read_into_the_real_cloud_and_counts_once() {
    let mut room = Room::new();
    let till = room.till("till");
    room.ring(&till, 5);
    drain(&till);
    room.office(&["tills", "revoke", &till_id(&room)]);
    room.ring(&till, 7);
    let refused = ctl(&till, &["sync", "--until-drained", "--timeout", "20"]);
    assert!(!refused.done, "its credential has ended: {refused:?}");
    assert_eq!(room.count(SALES), 5, "nothing came in by itself");

    let unsent = room.path("unsent.zst").display().to_string();
    let written = ctl(&till, &["salvage-file", &unsent]);
    assert!(written.done, "{written:?}");
    taken_in(&room, &unsent, 12);
    let all = room.path("all.zst").display().to_string();
    let written = ctl(&till, &["export", &all]);
    assert!(written.done, "{written:?}");
    taken_in(&room, &all, 12);

    // It comes back with a fresh code and goes on where it was.
    let away = room.path("away.zst").display().to_string();
    let left = ctl(&till, &["leave", "--export-to", &away]);
    assert!(left.done, "{left:?}");
    let (url, code) = (room.url(), room.code());
    let back = ctl(&till, &["enrol", "--cloud", &url, "--code", &code]);
    assert!(back.done, "{back:?}");
    room.ring(&till, 1);
    drain(&till);
    let proof = Proof::of(&till);
    assert!(proof.holds() && proof.equal(), "{proof:?}");
    assert_eq!(room.count(SALES), 13);
}

#[test]
fn what_a_till_wrote_to_a_file_on_leaving_is_read_into_the_real_cloud() {
    let mut room = Room::new();
    let till = room.till("till");
    room.ring(&till, 4);
    drain(&till);
    room.stop();
    room.ring(&till, 6);
    let refused = ctl(&till, &["leave"]);
    assert!(!refused.done, "six sales would stay behind: {refused:?}");
    let file = room.path("left.zst").display().to_string();
    let left = ctl(&till, &["leave", "--export-to", &file]);
    assert!(left.done, "{left:?}");
    room.run();
    taken_in(&room, &file, 10);
    // The vault is whole and sells on alone; all of it can still be taken in.
    room.ring(&till, 2);
    let verified = ctl(&till, &["verify"]).json();
    assert_eq!(verified["till"]["sales"], 12, "{verified}");
    let all = room.path("all.zst").display().to_string();
    assert!(ctl(&till, &["export", &all]).done);
    taken_in(&room, &all, 12);
}
