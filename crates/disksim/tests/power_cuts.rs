//! The power is cut at every point of a till's day.

use disksim::{Effort, crash_everywhere, day, trace_hash};

#[test]
fn no_power_cut_in_a_day_loses_or_doubles_a_sale() {
    let effort = Effort {
        seed: 1,
        seeds: 1,
        every: 10,
    };
    let reels = day().expect("the day is recorded");
    for reel in &reels {
        let tally = crash_everywhere(reel, &effort, 2);
        let first: Vec<_> = tally.broken.iter().take(3).collect();
        assert!(first.is_empty(), "{}: {first:?}", reel.name);
        assert!(tally.points > 100, "{}: {} points", reel.name, tally.points);
        assert!(
            tally.found_under_way > 0 && tally.from_journal + tally.from_vault > 0,
            "{}: one medium was never ahead of the other: {tally:?}",
            reel.name
        );
    }
}

#[test]
fn the_same_day_asks_the_same_of_the_disk() {
    let hash = || trace_hash(&day().expect("the day is recorded"));
    assert_eq!(hash(), hash(), "clock and chance are ports");
}
