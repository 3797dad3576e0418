//! One till, one cloud, one line and one clock: the engine's driver in simulated time.

use std::collections::BTreeMap;

use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError};
use protocol::wire::{OpResult, PushAnswer};
use sync::chunk::CutLimits;
use sync::till::{
    Batch, CallId, Cut, Effect, Event, Healed, HeldAt, Hello, SyncView, TillSync, TillSyncConfig,
};
use uuid::Uuid;

use super::link::{Fate, Link};
use super::{ModelCloud, ModelTill};

/// What the cloud says instead of listening.
pub type Verdict = Box<dyn Fn(&Batch) -> Option<ApiError>>;

/// What happens to an answer before the till reads it.
pub type Bend = Box<dyn Fn(&mut PushAnswer)>;

pub struct World {
    pub now: u64,
    pub till: ModelTill,
    pub cloud: ModelCloud,
    pub engine: TillSync,
    pub link: Box<dyn Link>,
    /// A refusal of every call, hello too.
    pub refuses: Option<ApiError>,
    /// A refusal of pushes.
    pub refuses_push: Option<Verdict>,
    /// Whether the vault can mend; otherwise it asks for a person.
    pub heals: bool,
    /// Bends the cloud's answers to pushes.
    pub bend: Option<Bend>,
    pub views: Vec<(u64, SyncView)>,
    pub hellos: Vec<u64>,
    pub pushes: Vec<(u64, usize, Uuid)>,
    pub heal_calls: u32,
    pub outcomes: BTreeMap<Uuid, Vec<OpResult>>,
    pub trace: Vec<String>,
    queue: BTreeMap<(u64, u64), Event>,
    order: u64,
    keys: BTreeMap<Uuid, String>,
    pushing: Option<CallId>,
}

impl World {
    pub fn new(till: ModelTill, link: impl Link + 'static, seed: u64) -> Self {
        Self {
            now: 0,
            till,
            cloud: ModelCloud::default(),
            engine: TillSync::new(TillSyncConfig {
                seed,
                cloud_epoch_seen: None,
            }),
            link: Box::new(link),
            refuses: None,
            refuses_push: None,
            heals: true,
            bend: None,
            views: Vec::new(),
            hellos: Vec::new(),
            pushes: Vec::new(),
            heal_calls: 0,
            outcomes: BTreeMap::new(),
            trace: Vec::new(),
            queue: BTreeMap::new(),
            order: 0,
            keys: BTreeMap::new(),
            pushing: None,
        }
    }

    /// Lets an event happen at a moment.
    pub fn at(&mut self, at: u64, event: Event) {
        self.order += 1;
        self.queue.insert((at.max(self.now), self.order), event);
    }

    /// Lets an event happen now, and everything that follows at once.
    pub fn now(&mut self, event: Event) {
        self.take(event);
    }

    /// Runs up to a moment.
    pub fn run_until(&mut self, until: u64) {
        while let Some((&(at, order), _)) = self.queue.iter().next() {
            if at > until {
                break;
            }
            let event = self.queue.remove(&(at, order)).unwrap();
            self.now = at;
            self.take(event);
        }
        self.now = until;
    }

    /// Runs until all ops are in the cloud; the moment, or `None` if that is not before the end.
    pub fn run_until_drained(&mut self, end: u64) -> Option<u64> {
        while !self.drained() {
            let (&(at, order), _) = self.queue.iter().next()?;
            if at > end {
                return None;
            }
            let event = self.queue.remove(&(at, order)).unwrap();
            self.now = at;
            self.take(event);
        }
        Some(self.now)
    }

    pub fn drained(&self) -> bool {
        let reached = |head: &protocol::stream::Head| {
            let there = self.cloud.heads.get(&head.segment);
            there.is_some_and(|there| there.seq >= head.seq)
        };
        self.till.heads().iter().all(reached)
    }

    pub fn sell(&mut self) {
        self.till.sell(super::bodies::product(1), 1);
        self.take(Event::OpVaulted);
    }

    pub fn view(&self) -> SyncView {
        self.engine.view()
    }

    /// Every op of the till is in the cloud exactly once, in order, byte for byte.
    pub fn assert_all_arrived(&self) {
        let sent: Vec<Vec<u8>> = self.till.ops().map(|op| op.bytes.clone()).collect();
        let arrived = self.cloud.bytes_of(self.till.identity.till);
        assert_eq!(sent.len(), arrived.len(), "no op lost, none twice");
        assert_eq!(sent, arrived, "in cashier order, byte for byte");
        self.cloud.check();
    }

    fn take(&mut self, event: Event) {
        if let Event::PushDone { call, .. } = &event
            && self.pushing == Some(*call)
        {
            self.pushing = None;
        }
        self.trace.push(format!("{} {event:?}", self.now));
        let mut effects = Vec::new();
        self.engine.step(self.now, event, &mut effects);
        for effect in effects {
            self.trace.push(format!("{} {effect:?}", self.now));
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::SendHello { call, .. } => self.hello(call),
            Effect::SendPush { call, batch } => self.push(call, &batch),
            Effect::CutBatch {
                call,
                after,
                limits,
            } => {
                let stretches = self.till.next_beyond(&after, limits.max_ops);
                let cut = self.cut(&stretches, limits);
                self.at(self.now + 1, Event::BatchCut { call, cut });
            }
            Effect::StoreAnswer { call, answer, .. } => {
                for result in answer.runs.into_iter().flat_map(|run| run.results) {
                    self.outcomes.entry(result.op_id).or_default().push(result);
                }
                let result = Ok(());
                self.at(self.now + 1, Event::Stored { call, result });
            }
            Effect::FetchTail { call, segment, .. } => {
                let healed = self.heal(|world| world.fetch_tail(segment));
                self.at(self.now + 100, Event::TailFetched { call, healed });
            }
            Effect::OpenFreshSegment {
                call, segment, at, ..
            } => {
                let healed = self.heal(|world| world.till.reenvelope(segment, at));
                self.at(self.now + 100, Event::SegmentOpened { call, healed });
            }
            Effect::SetTimer { id, at } => self.at(at, Event::TimerFired(id)),
            Effect::Emit(view) => self.views.push((self.now, view)),
            Effect::KeepHeads { .. } => {}
        }
    }

    fn heal(&mut self, mend: impl FnOnce(&mut Self)) -> Healed {
        self.heal_calls += 1;
        if self.heals {
            mend(self);
            return Healed::Done;
        }
        Healed::NeedsPerson {
            words: "call support".to_owned(),
        }
    }

    fn fetch_tail(&mut self, segment: protocol::SegmentId) {
        let held = self.till.ops().filter(|op| op.segment == segment).count() as u64;
        let rows = self.cloud.log.range((segment, 0)..=(segment, u64::MAX));
        let beyond: Vec<_> = rows
            .skip(usize::try_from(held).unwrap())
            .map(|(_, row)| (row.op_id, row.bytes.clone()))
            .collect();
        let newest = self.till.segments.iter().position(|s| s.id == segment);
        let moved = self.till.segments.split_off(newest.unwrap() + 1);
        for (op_id, bytes) in beyond {
            self.till.record_bytes(op_id, bytes);
        }
        self.till.segments.extend(moved);
    }

    fn cut(&mut self, stretches: &[sync::chunk::Stretch], limits: CutLimits) -> Cut {
        match self.till.cut(stretches, limits) {
            Ok(None) => Cut::Nothing,
            Ok(Some(request)) => {
                self.order += 1;
                Cut::Batch(Batch {
                    key: Uuid::from_u128(u128::from(self.order)),
                    request,
                })
            }
            Err(refused) => Cut::Damaged {
                words: refused.to_string(),
            },
        }
    }

    fn hello(&mut self, call: CallId) {
        self.hellos.push(self.now);
        let (after, lost) = self.travel(0);
        let answer = self.cloud.hello(self.till.identity.till);
        let result = match (lost, &self.refuses) {
            (Some((_, failure)), _) => Err(failure),
            (None, Some(error)) => Err(refused(error.clone())),
            (None, None) => Ok(Hello {
                held: answer
                    .heads
                    .iter()
                    .map(|head| HeldAt {
                        segment: head.segment,
                        seq: head.seq,
                        chain: self.till.chain_at(head.segment, head.seq),
                    })
                    .collect(),
                answer,
            }),
        };
        self.at(self.now + after, Event::HelloDone { call, result });
    }

    fn push(&mut self, call: CallId, batch: &Batch) {
        assert!(self.pushing.is_none(), "one push on the wire at a time");
        self.pushing = Some(call);
        self.pushes.push((self.now, batch.ops(), batch.key));
        let body = serde_json::to_string(&batch.request).unwrap();
        let before = self.keys.entry(batch.key).or_insert_with(|| body.clone());
        assert_eq!(*before, body, "one key, one body, for ever");
        let (after, lost) = self.travel(batch.ops());
        let refusal = self.refuses.clone();
        let refusal = refusal.or_else(|| self.refuses_push.as_ref().and_then(|no| no(batch)));
        let result = match (lost, refusal) {
            (Some((false, failure)), _) | (Some((true, failure)), Some(_)) => Err(failure),
            (None, Some(error)) => Err(refused(error)),
            (lost, None) => {
                let key = self.till.till_key();
                let mut answer = self.cloud.push_under(batch.key, &batch.request, &key);
                if let Some(bend) = &self.bend {
                    bend(&mut answer);
                }
                lost.map_or(Ok(answer), |(_, failure)| Err(failure))
            }
        };
        self.at(self.now + after, Event::PushDone { call, result });
    }

    /// How long a call takes, and if it fails whether it arrived all the same.
    fn travel(&mut self, ops: usize) -> (u64, Option<(bool, CallFailure)>) {
        let path = |words: &str, retry_after_ms| CallFailure::Path {
            words: words.to_owned(),
            retry_after_ms,
        };
        match self.link.fate(self.now, ops) {
            Fate::Delivered(after) => (after, None),
            Fate::RequestLost(after) => (after, Some((false, path("no route", None)))),
            Fate::ReplyLost(after) => (after, Some((true, path("broken off", None)))),
            Fate::Garbage(after) => (after, Some((false, path("a page", None)))),
            Fate::Patience(wait) => (10, Some((false, path("later", Some(wait))))),
        }
    }
}

pub fn api(code: ApiCode) -> ApiError {
    ApiError::new(code, format!("{code:?}"))
}

fn refused(error: ApiError) -> CallFailure {
    CallFailure::Refused {
        error,
        retry_after_ms: None,
    }
}
