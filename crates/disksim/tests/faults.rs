//! Disks that fail while the till runs and disks that lied: a part of what `cargo xtask disk` does at
//! every call and after every act.

use disksim::{HITS, day, hit_every_call, nothing_after_a_failed_flush, synced_tail_lost};

#[test]
fn no_fault_of_a_running_disk_takes_an_acknowledged_sale() {
    let reels = day().expect("the day is recorded");
    let start = &reels.last().expect("a day has reels").end;
    for (nth, hits) in HITS.iter().enumerate() {
        let hit = hit_every_call(start, *hits, 1 + nth as u64, 23);
        let first: Vec<_> = hit.broken.iter().take(3).collect();
        assert!(first.is_empty(), "{hits:?}: {first:?}");
    }
    let tried = nothing_after_a_failed_flush(start).expect("a till that failed sells no more");
    assert!(tried > 0, "some flushes failed");
}

#[test]
fn one_sound_medium_is_enough_and_no_place_is_used_twice() {
    let reels = day().expect("the day is recorded");
    let backup = reels.iter().find(|reel| reel.name.contains("backup"));
    let reel = backup.expect("a backup is put back");
    let lied = synced_tail_lost(reel);
    let first: Vec<_> = lied.broken.iter().take(3).collect();
    assert!(first.is_empty(), "{first:?}");
    assert!(lied.mended > 0, "something was mended");
}
