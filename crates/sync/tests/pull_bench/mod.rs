//! The fetching engine on a bench: events in, what it asks for by name.

#![allow(dead_code, reason = "each table uses its part of the bench")]

use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError};
use protocol::pull::{PullAnswer, PullScope, SnapshotPart};
use sync::pull::{PullEffect, PullEvent, StageDone};
use sync::till::{CallId, TimerId};
use sync::{Puller, PullerConfig};
use uuid::Uuid;

/// The engine with what it asked for last.
pub struct Bench {
    pub puller: Puller,
    pub now: u64,
    pub fx: Vec<PullEffect>,
}

impl Bench {
    pub fn new(first_catalogue: bool) -> Self {
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

    pub fn say(&mut self, event: PullEvent) {
        self.fx.clear();
        self.puller.step(self.now, event, &mut self.fx);
    }

    /// The call asked for last, in words and with its number.
    pub fn asked(&self) -> Option<(String, CallId)> {
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

    pub fn expect(&self, words: &str) -> CallId {
        let (asked, call) = self
            .asked()
            .unwrap_or_else(|| panic!("{words}, and nothing was asked"));
        assert_eq!(asked, words, "what is asked for now");
        call
    }

    pub fn timer(&self) -> Option<(TimerId, u64)> {
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

    pub fn turn(&mut self, words: &str) -> CallId {
        assert!(self.puller.wants_turn(), "it wants a turn for {words}");
        self.say(PullEvent::Turn);
        self.expect(words)
    }

    pub fn page(&mut self, scope: PullScope, more: bool) {
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

    pub fn round(&mut self) {
        for scope in PullScope::ALL {
            self.page(scope, false);
        }
    }
}

pub fn page(more: bool) -> PullAnswer {
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

pub fn refused(code: ApiCode) -> CallFailure {
    CallFailure::Refused {
        error: ApiError::new(code, "no"),
        retry_after_ms: None,
    }
}

pub fn path() -> CallFailure {
    CallFailure::Path {
        words: "no route".to_owned(),
        retry_after_ms: None,
    }
}

pub fn part(from: u64) -> SnapshotPart {
    SnapshotPart {
        etag: "e".to_owned(),
        total: 3,
        from,
        bytes: vec![0],
    }
}
