//! Hello, and mending what it brings to light.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::cloud::CallFailure;
use protocol::ids::{ChainHash, SegmentId};
use protocol::wire::{CloudHead, Run};

use super::event::{Batch, Effect, Healed, HeldAt, Hello, MonoMs};
use super::{CALL_LOST_MS, Heal, Phase, SyncKind, TillSync};

/// Heals in a row without progress after which the engine waits as after a failure.
const HEALS_IN_A_ROW: u32 = 3;

impl TillSync {
    /// Begins a session.
    pub(super) fn greet(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        let call = self.next_call();
        self.enter(now, Phase::Greeting);
        self.op_waiting = false;
        self.network_came_up = false;
        fx.push(Effect::SendHello {
            call,
            cloud_epoch_seen: self.cloud_epoch,
        });
        self.set_timer(now + CALL_LOST_MS, fx);
    }

    pub(super) fn hello_done(
        &mut self,
        now: MonoMs,
        result: Result<Hello, CallFailure>,
        fx: &mut Vec<Effect>,
    ) {
        assert!(
            matches!(self.phase, Phase::Greeting),
            "a hello is answered while greeting"
        );
        let hello = match result {
            Ok(hello) => hello,
            Err(failure) => return self.call_failed(now, failure, fx),
        };
        let Hello { held, answer } = hello;
        if cfg!(mutant = "reset_on_connect") {
            self.backoff.progressed();
        }
        self.size.advertise(answer.limits);
        let heads: BTreeMap<_, _> = answer.heads.iter().map(|h| (h.segment, *h)).collect();
        if self.knew_heads() && moved(&self.heads, &heads) {
            self.progressed();
        }
        if cfg!(mutant = "own_heads") {
            for (segment, head) in heads {
                self.heads.entry(segment).or_insert(head);
            }
        } else {
            self.heads = heads;
        }
        self.hello_at = Some(now);
        self.cloud_epoch = Some(answer.cloud_epoch);
        self.forget_moved_batch();
        fx.push(Effect::KeepHeads {
            cloud_epoch: answer.cloud_epoch,
            server_time_ms: answer.server_time_ms,
            heads: answer.heads.clone(),
        });
        self.after_hello(now, &held, fx);
    }

    fn after_hello(&mut self, now: MonoMs, held: &[HeldAt], fx: &mut Vec<Effect>) {
        let wrong: Vec<Heal> = self.heads.values().filter_map(|h| wrong(h, held)).collect();
        for heal in wrong {
            let place = heal.place();
            if self.settled.contains(&place) {
                continue;
            }
            // A tail that cannot be fetched is missing here and nowhere else: sending goes on.
            if matches!(heal, Heal::Fork(_)) || !self.needs_person.contains_key(&place) {
                return self.heal(now, heal, fx);
            }
        }
        match self.batch.take() {
            Some(batch) => self.send(now, batch, fx),
            None => self.cut(now, fx),
        }
    }

    /// Asks the vault to mend a disagreement.
    pub(super) fn heal(&mut self, now: MonoMs, heal: Heal, fx: &mut Vec<Effect>) {
        if cfg!(mutant = "fork_not_healed") && matches!(heal, Heal::Fork(_)) {
            return self.failed(now, "a fork".to_owned(), None, fx);
        }
        if let Some(words) = self.needs_person.get(&heal.place()) {
            let words = words.clone();
            return self.halted(now, SyncKind::NeedsPerson, words, None, fx);
        }
        self.heals += 1;
        if self.heals > HEALS_IN_A_ROW {
            self.heals = 0;
            let words = "till and cloud disagree on this till's ops".to_owned();
            return self.failed(now, words, None, fx);
        }
        let call = self.next_call();
        let CloudHead {
            segment,
            seq,
            chain,
            ..
        } = heal.head();
        fx.push(match heal {
            Heal::Tail(_) => Effect::FetchTail {
                call,
                segment,
                upto: seq,
            },
            Heal::Fork(_) => Effect::OpenFreshSegment {
                call,
                segment,
                at: seq,
                chain,
            },
        });
        self.enter(now, Phase::Healing(heal));
    }

    pub(super) fn healed(&mut self, now: MonoMs, healed: Healed, fx: &mut Vec<Effect>) {
        let Phase::Healing(heal) = &self.phase else {
            unreachable!("a heal is answered while healing")
        };
        let place = heal.place();
        match healed {
            Healed::Done => {
                self.settled.insert(place);
                self.batch = None;
                self.greet(now, fx);
            }
            Healed::NeedsPerson { words } => {
                self.last_words = Some(words.clone());
                self.needs_person.insert(place, words);
                self.greet(now, fx);
            }
            Healed::Failed(failure) => self.call_failed(now, failure, fx),
        }
    }

    /// A head moved: the path works, and what was held against it is forgotten.
    pub(super) fn progressed(&mut self) {
        self.backoff.progressed();
        self.last_words = None;
        self.heals = 0;
        self.batch_failures = 0;
        self.too_large = None;
    }

    fn knew_heads(&self) -> bool {
        self.cloud_epoch.is_some() && !self.heads.is_empty()
    }

    /// A batch whose first op is not the next one any more is cut anew, under a new key.
    fn forget_moved_batch(&mut self) {
        let stands = |batch: &Arc<Batch>| {
            let runs = &batch.request.runs;
            let known = |run: &Run| self.heads.get(&run.segment);
            runs.first().is_some_and(|run| match known(run) {
                Some(head) => run.from == head.seq + 1 && run.prev == head.chain,
                None => run.from == run.first_seq,
            })
        };
        if !self.batch.as_ref().is_some_and(stands) {
            self.batch = None;
            self.batch_failures = 0;
        }
    }
}

impl Heal {
    const fn head(self) -> CloudHead {
        match self {
            Self::Tail(head) | Self::Fork(head) => head,
        }
    }

    const fn place(self) -> (SegmentId, u64, ChainHash) {
        let head = self.head();
        (head.segment, head.seq, head.chain)
    }
}

/// Whether any head lies further than before.
pub(super) fn moved(
    before: &BTreeMap<SegmentId, CloudHead>,
    now: &BTreeMap<SegmentId, CloudHead>,
) -> bool {
    now.values().any(|head| {
        let was = before.get(&head.segment);
        was.is_none_or(|was| head.seq > was.seq)
    })
}

/// What is wrong with a head, seen from what the till holds at its place.
fn wrong(head: &CloudHead, held: &[HeldAt]) -> Option<Heal> {
    let here = held
        .iter()
        .find(|held| held.segment == head.segment && held.seq == head.seq);
    match here.and_then(|held| held.chain) {
        Some(chain) if chain == head.chain => None,
        Some(_) => Some(Heal::Fork(*head)),
        None => Some(Heal::Tail(*head)),
    }
}
