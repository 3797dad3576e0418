//! The fetching engine, event by event: what follows from an answer.

mod pull_bench;

use protocol::error::ApiCode;
use protocol::pull::PullScope;
use sync::pull::{PartKept, PublishFailed, PullEvent};

use pull_bench::{Bench, part, path, refused};

#[test]
fn a_round_goes_from_what_people_wait_for_to_the_catalogue_and_then_rests_a_minute() {
    let mut bench = Bench::new(false);
    bench.round();
    assert!(!bench.puller.wants_turn(), "the round is done");
    let (id, at) = bench.timer().expect("it looks again");
    assert_eq!(at, bench.now + 60_000, "in a minute");
    bench.now = at;
    bench.say(PullEvent::TimerFired(id));
    bench.turn("pull conflicts");
}

#[test]
fn one_turn_is_one_call_so_the_sender_goes_first_between_two_pages() {
    let mut bench = Bench::new(false);
    bench.page(PullScope::Conflicts, true);
    assert!(bench.asked().is_none(), "the next page waits for its turn");
    assert!(bench.puller.wants_turn(), "and wants one");
    bench.page(PullScope::Conflicts, false);
    bench.turn("pull config");
    bench.say(PullEvent::Turn);
    assert!(bench.asked().is_none(), "a turn too many asks for nothing");
}

#[test]
fn a_scope_is_published_only_when_the_cloud_says_that_its_rows_are_whole() {
    let mut bench = Bench::new(false);
    for _ in 0..3 {
        bench.page(PullScope::Conflicts, true);
        assert!(bench.asked().is_none(), "staged, not published");
    }
    bench.page(PullScope::Conflicts, false);
}

#[test]
fn a_scope_that_fails_waits_and_keeps_no_other_waiting() {
    let mut bench = Bench::new(false);
    bench.page(PullScope::Conflicts, false);
    let call = bench.turn("pull config");
    bench.say(PullEvent::PageCame {
        call,
        result: Err(path()),
    });
    assert!(!bench.puller.wants_turn(), "it waits");
    let (id, at) = bench.timer().expect("a timer ends the wait");
    bench.now = at;
    bench.say(PullEvent::TimerFired(id));
    bench.page(PullScope::Stock, false);
    bench.page(PullScope::Catalogue, false);
    bench.turn("pull config");
}

#[test]
fn a_till_that_is_refused_is_probed_each_minute() {
    let mut bench = Bench::new(false);
    let call = bench.turn("pull conflicts");
    bench.say(PullEvent::PageCame {
        call,
        result: Err(refused(ApiCode::Revoked)),
    });
    let (_, at) = bench.timer().expect("it tries again");
    assert!(at >= bench.now + 60_000, "and not sooner than in a minute");
}

#[test]
fn a_refused_cursor_begins_its_scope_again_once_and_then_waits() {
    let mut bench = Bench::new(false);
    for _ in 0..2 {
        let call = bench.turn("pull conflicts");
        bench.say(PullEvent::PageCame {
            call,
            result: Err(refused(ApiCode::CursorReset)),
        });
        if let Some((words, call)) = bench.asked() {
            assert_eq!(words, "begin conflicts again", "from the beginning");
            bench.say(PullEvent::BegunAgain {
                call,
                result: Ok(()),
            });
        }
    }
    assert!(
        !bench.puller.wants_turn(),
        "a cloud that refuses its own cursors is not hammered"
    );
}

#[test]
fn the_first_catalogue_comes_as_parts_and_pages_go_on_where_it_ends() {
    let mut bench = Bench::new(true);
    for scope in [PullScope::Conflicts, PullScope::Config, PullScope::Stock] {
        bench.page(scope, false);
    }
    for held in 1..=3 {
        let call = bench.turn("part");
        bench.say(PullEvent::PartCame {
            call,
            result: Ok(part(held - 1)),
        });
        let call = bench.expect("keep");
        bench.say(PullEvent::PartKept {
            call,
            result: Ok(PartKept { held, total: 3 }),
        });
    }
    let call = bench.expect("publish snapshot");
    bench.say(PullEvent::Published {
        call,
        result: Ok(()),
    });
    bench.page(PullScope::Catalogue, false);
    assert!(!bench.puller.wants_turn(), "the round is done");
}

#[test]
fn a_snapshot_that_is_not_sound_is_fetched_again_once_and_then_waits() {
    let mut bench = Bench::new(true);
    for scope in [PullScope::Conflicts, PullScope::Config, PullScope::Stock] {
        bench.page(scope, false);
    }
    for round in 0..2 {
        let call = bench.turn("part");
        bench.say(PullEvent::PartCame {
            call,
            result: Ok(part(0)),
        });
        let call = bench.expect("keep");
        bench.say(PullEvent::PartKept {
            call,
            result: Ok(PartKept { held: 3, total: 3 }),
        });
        let call = bench.expect("publish snapshot");
        let failed = PublishFailed {
            words: "cut".to_owned(),
            unsound: true,
        };
        bench.say(PullEvent::Published {
            call,
            result: Err(failed),
        });
        match bench.asked() {
            Some((_, call)) => bench.say(PullEvent::BegunAgain {
                call,
                result: Ok(()),
            }),
            None => assert_eq!(round, 1, "the second time it waits"),
        }
    }
    assert!(!bench.puller.wants_turn(), "it waits");
}

#[test]
fn a_cloud_without_snapshots_is_fetched_page_by_page() {
    let mut bench = Bench::new(true);
    for scope in [PullScope::Conflicts, PullScope::Config, PullScope::Stock] {
        bench.page(scope, false);
    }
    let call = bench.turn("part");
    bench.say(PullEvent::PartCame {
        call,
        result: Err(refused(ApiCode::NotFound)),
    });
    bench.page(PullScope::Catalogue, false);
}
