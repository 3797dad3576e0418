//! The fetching engine, event by event: when a round begins, and what comes in between.

mod pull_bench;

use protocol::cloud::CallFailure;
use protocol::pull::PullScope;
use sync::pull::{PartKept, PullEffect, PullEvent, PullKind, StageDone};

use pull_bench::{Bench, page, part, path};

#[test]
fn pushes_begin_a_round_at_most_every_five_seconds() {
    let mut bench = Bench::new(false);
    bench.round();
    bench.now += 1_000;
    bench.say(PullEvent::Pushed);
    assert!(!bench.puller.wants_turn(), "too soon after the last round");
    let (id, at) = bench.timer().expect("but not forgotten");
    assert_eq!(at, 6_000, "five seconds after the last round began");
    bench.now = at;
    bench.say(PullEvent::TimerFired(id));
    bench.round();
    bench.now += 5_000;
    bench.say(PullEvent::Pushed);
    assert!(
        bench.puller.wants_turn(),
        "at once when the last round lies back"
    );
}

#[test]
fn a_person_and_the_network_end_a_wait_and_the_other_sides_wish_is_kept() {
    let mut bench = Bench::new(false);
    let call = bench.turn("pull conflicts");
    bench.say(PullEvent::PageCame {
        call,
        result: Err(path()),
    });
    bench.say(PullEvent::NetworkUp);
    let call = bench.turn("pull config");
    let busy = CallFailure::Path {
        words: "busy".to_owned(),
        retry_after_ms: Some(30_000),
    };
    bench.say(PullEvent::PageCame {
        call,
        result: Err(busy),
    });
    bench.now += 6_000;
    bench.say(PullEvent::NetworkUp);
    assert!(
        !bench.puller.wants_turn(),
        "the cloud asked for half a minute"
    );
    bench.say(PullEvent::PullNow);
    bench.turn("pull stock");
}

#[test]
fn an_answer_to_a_call_that_was_given_up_changes_nothing() {
    let mut bench = Bench::new(false);
    let late = bench.turn("pull conflicts");
    let (id, at) = bench.timer().expect("the call is watched");
    bench.now = at;
    bench.say(PullEvent::TimerFired(id));
    bench.say(PullEvent::PageCame {
        call: late,
        result: Ok(page(false)),
    });
    assert!(bench.asked().is_none(), "it is too late");
    bench.say(PullEvent::Paused);
    assert!(
        bench.fx.iter().any(
            |effect| matches!(effect, PullEffect::Emit(view) if view.kind == PullKind::Asleep)
        ),
        "paused is shown"
    );
    bench.say(PullEvent::Turn);
    assert!(bench.asked().is_none(), "a paused engine asks for nothing");
}

#[test]
fn what_is_wanted_while_a_page_is_on_its_way_asks_for_that_scope_again() {
    let mut bench = Bench::new(false);
    let call = bench.turn("pull conflicts");
    bench.say(PullEvent::PullNow);
    bench.say(PullEvent::PageCame {
        call,
        result: Ok(page(false)),
    });
    let call = bench.expect("stage conflicts");
    bench.say(PullEvent::Staged {
        call,
        result: Ok(StageDone::Kept),
    });
    let call = bench.expect("publish conflicts");
    bench.say(PullEvent::Published {
        call,
        result: Ok(()),
    });
    for scope in [PullScope::Config, PullScope::Stock, PullScope::Catalogue] {
        bench.page(scope, false);
    }
    bench.page(PullScope::Conflicts, false);
    assert!(!bench.puller.wants_turn(), "now the wish is granted");
}

#[test]
fn a_push_in_the_middle_of_a_round_begins_the_next_one_soon() {
    let mut bench = Bench::new(false);
    bench.page(PullScope::Conflicts, false);
    bench.now += 1_000;
    bench.say(PullEvent::Pushed);
    for scope in [PullScope::Config, PullScope::Stock, PullScope::Catalogue] {
        bench.page(scope, false);
    }
    let (_, at) = bench.timer().expect("it looks again");
    assert_eq!(
        at, 6_000,
        "five seconds after the round began, not in a minute"
    );
}

#[test]
fn a_scope_that_is_due_again_and_again_keeps_no_later_one_waiting() {
    let mut bench = Bench::new(true);
    for scope in [PullScope::Conflicts, PullScope::Config, PullScope::Stock] {
        bench.page(scope, false);
    }
    for held in 1..=2 {
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
        bench.now += 5_000;
        bench.say(PullEvent::Pushed);
        for scope in [PullScope::Conflicts, PullScope::Config, PullScope::Stock] {
            bench.page(scope, false);
        }
    }
    bench.turn("part");
}
