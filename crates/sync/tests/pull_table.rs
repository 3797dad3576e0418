//! The fetching engine, event by event.

use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError};
use protocol::pull::{PullAnswer, PullScope, SnapshotPart};
use sync::pull::{PartKept, PublishFailed, PullEffect, PullEvent, PullKind, StageDone};
use sync::till::{CallId, TimerId};
use sync::{Puller, PullerConfig};
use uuid::Uuid;

/// The engine with what it asked for last.
struct Bench {
    puller: Puller,
    now: u64,
    fx: Vec<PullEffect>,
}

impl Bench {
    fn new(first_catalogue: bool) -> Self {
        let config = PullerConfig {
            seed: 7,
            first_catalogue,
        };
        let mut bench = Self {
            puller: Puller::new(config),
            now: 1_000,
            fx: Vec::new(),
        };
        bench.say(PullEvent::Started);
        bench
    }

    fn say(&mut self, event: PullEvent) {
        self.fx.clear();
        self.puller.step(self.now, event, &mut self.fx);
    }

    /// The call asked for last, in words and with its number.
    fn asked(&self) -> Option<(String, CallId)> {
        self.fx.iter().find_map(|effect| match effect {
            PullEffect::SendPull { call, scope } => {
                Some((format!("pull {}", scope.as_str()), *call))
            }
            PullEffect::Stage { call, scope, .. } => {
                Some((format!("stage {}", scope.as_str()), *call))
            }
            PullEffect::Publish { call, scope } => {
                Some((format!("publish {}", scope.as_str()), *call))
            }
            PullEffect::SendSnapshot { call } => Some(("part".to_owned(), *call)),
            PullEffect::KeepPart { call, .. } => Some(("keep".to_owned(), *call)),
            PullEffect::PublishSnapshot { call } => Some(("publish snapshot".to_owned(), *call)),
            PullEffect::BeginAgain { call, scope } => {
                Some((format!("begin {} again", scope.as_str()), *call))
            }
            PullEffect::SetTimer { .. } | PullEffect::Emit(_) => None,
        })
    }

    fn expect(&self, words: &str) -> CallId {
        let (asked, call) = self
            .asked()
            .unwrap_or_else(|| panic!("{words}, and nothing was asked"));
        assert_eq!(asked, words, "what is asked for now");
        call
    }

    fn timer(&self) -> Option<(TimerId, u64)> {
        self.fx.iter().rev().find_map(|effect| match effect {
            PullEffect::SetTimer { id, at } => Some((*id, *at)),
            PullEffect::SendPull { .. }
            | PullEffect::Stage { .. }
            | PullEffect::Publish { .. }
            | PullEffect::SendSnapshot { .. }
            | PullEffect::KeepPart { .. }
            | PullEffect::PublishSnapshot { .. }
            | PullEffect::BeginAgain { .. }
            | PullEffect::Emit(_) => None,
        })
    }

    fn turn(&mut self, words: &str) -> CallId {
        assert!(self.puller.wants_turn(), "it wants a turn for {words}");
        self.say(PullEvent::Turn);
        self.expect(words)
    }

    fn page(&mut self, scope: PullScope, more: bool) {
        let call = self.turn(&format!("pull {}", scope.as_str()));
        self.say(PullEvent::PageCame {
            call,
            result: Ok(page(more)),
        });
        let call = self.expect(&format!("stage {}", scope.as_str()));
        self.say(PullEvent::Staged {
            call,
            result: Ok(StageDone::Kept),
        });
        if !more {
            let call = self.expect(&format!("publish {}", scope.as_str()));
            self.say(PullEvent::Published {
                call,
                result: Ok(()),
            });
        }
    }

    fn round(&mut self) {
        for scope in PullScope::ALL {
            self.page(scope, false);
        }
    }
}

fn page(more: bool) -> PullAnswer {
    PullAnswer {
        cloud_epoch: Uuid::from_u128(1),
        server_time_ms: 0,
        rows: Vec::new(),
        next: "c".to_owned(),
        more,
        watermark: 9,
        included: Vec::new(),
    }
}

fn refused(code: ApiCode) -> CallFailure {
    CallFailure::Refused {
        error: ApiError::new(code, "no"),
        retry_after_ms: None,
    }
}

fn path() -> CallFailure {
    CallFailure::Path {
        words: "no route".to_owned(),
        retry_after_ms: None,
    }
}

fn part(from: u64) -> SnapshotPart {
    SnapshotPart {
        etag: "e".to_owned(),
        total: 3,
        from,
        bytes: vec![0],
    }
}

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
