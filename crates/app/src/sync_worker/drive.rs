//! Doing what the engine asks for: one call at a time, each answered by an event.

use std::collections::VecDeque;
use std::sync::Arc;

use protocol::cloud::{CallFailure, CloudApi as _};
use protocol::wire::{CloudHead, HelloAnswer};
use sync::till::{Batch, CallId, Effect, Event, Hello, TillSync, TillSyncConfig, TimerId};
use uuid::Uuid;
use vault::attempts::{Attempt, AttemptKind};

use super::line::CloudLine;
use super::pull::Fetch;
use super::store;
use super::{Shared, heal};
use crate::error::AppError;
use crate::till::Till;

/// A clock's error that moved less than this since it was kept is not kept anew, milliseconds.
const CLOCK_MOVED_MS: u64 = 1_000;

/// The engine with its hands.
pub(super) struct Drive {
    engine: TillSync,
    line: Option<CloudLine>,
    pub(super) timer: Option<(TimerId, u64)>,
    pub(super) clock: Arc<dyn protocol::ports::Clock>,
    /// The clock's error as the vault was last told.
    clock_err_kept_ms: Option<i64>,
    pub(super) shared: Arc<Shared>,
    pub(super) fetch: Fetch,
    /// How many of the events that were said have been heard.
    pub(super) heard: u64,
    /// The cloud's heads as it last told them.
    heads: Vec<CloudHead>,
    /// Whether an earlier hello of this run found nothing that this vault lacks.
    agreed: bool,
    effects: Vec<Effect>,
}

impl Drive {
    /// The engine of an enrolled till; `None` if the till belongs to no cloud.
    pub fn begin(till: &Till, shared: &Arc<Shared>) -> Option<Self> {
        if till.config_if_set_up()?.cloud == crate::config::CloudLink::None {
            return None;
        }
        let mut seed = [0_u8; 8];
        till.entropy.fill(&mut seed);
        let seen = till.vault.read(store::known_epoch);
        let config = TillSyncConfig {
            seed: u64::from_le_bytes(seed),
            cloud_epoch_seen: seen.ok().flatten(),
        };
        Some(Self {
            engine: TillSync::new(config),
            line: None,
            timer: None,
            clock: Arc::clone(&till.clock),
            clock_err_kept_ms: None,
            heads: Vec::new(),
            agreed: false,
            fetch: Fetch::begin(till, config.seed, till.clock.mono_ms()),
            shared: Arc::clone(shared),
            heard: 0,
            effects: Vec::new(),
        })
    }

    /// One step of the engine and what it asks for; `false`: told to stop in the middle of a call.
    pub fn step(&mut self, till: &Till, event: Event, ready: &mut VecDeque<Event>) -> bool {
        let mut effects = std::mem::take(&mut self.effects);
        self.fetch.hear(self.clock.mono_ms(), &event, &self.shared);
        self.engine.step(self.clock.mono_ms(), event, &mut effects);
        for effect in effects.drain(..) {
            match self.perform(till, effect) {
                Done::Nothing => {}
                Done::Answer(event) => ready.push_back(event),
                Done::Stopped => return false,
            }
        }
        self.effects = effects;
        true
    }

    fn perform(&mut self, till: &Till, effect: Effect) -> Done {
        match effect {
            Effect::SendHello {
                call,
                cloud_epoch_seen,
            } => self.hello(till, call, cloud_epoch_seen),
            Effect::CutBatch {
                call,
                after,
                limits,
            } => Done::Answer(Event::BatchCut {
                call,
                cut: store::cut(till, &after, limits),
            }),
            Effect::SendPush { call, batch } => self.push(till, call, &batch),
            Effect::StoreAnswer { call, answer, .. } => {
                let result = store::answer(till, &answer).map_err(|error| error.to_string());
                till.tell_status();
                Done::Answer(Event::Stored { call, result })
            }
            Effect::KeepHeads {
                cloud_epoch,
                server_time_ms,
                heads,
            } => {
                let clock_err_ms = till.now_ms() - server_time_ms;
                self.keep_heads(till, cloud_epoch, clock_err_ms, heads);
                Done::Nothing
            }
            Effect::FetchTail { call, .. } => {
                let done = self.fetch_tail(till);
                answered(heal::healed(done), |healed| Event::TailFetched {
                    call,
                    healed,
                })
            }
            Effect::OpenFreshSegment { call, segment, .. } => {
                let done = self.part_from(till, segment);
                answered(heal::healed(done), |healed| Event::SegmentOpened {
                    call,
                    healed,
                })
            }
            Effect::SetTimer { id, at } => {
                self.timer = Some((id, at));
                Done::Nothing
            }
            Effect::Emit(view) => {
                let (mono, wall) = (self.clock.mono_ms(), till.now_ms());
                let wall_of = |at: u64| {
                    wall + i64::try_from(at).unwrap_or_default()
                        - i64::try_from(mono).unwrap_or_default()
                };
                self.shared.show(&view, wall_of);
                till.tell_status();
                Done::Nothing
            }
        }
    }

    fn keep_heads(&mut self, till: &Till, epoch: Uuid, clock_err_ms: i64, heads: Vec<CloudHead>) {
        self.shared.keep_clock_error(clock_err_ms);
        let kept = self.clock_err_kept_ms;
        let moved = kept.is_none_or(|kept| kept.abs_diff(clock_err_ms) >= CLOCK_MOVED_MS);
        let to_keep = moved.then_some(clock_err_ms);
        match store::heads(till, epoch, to_keep, heads) {
            Ok(()) => self.clock_err_kept_ms = to_keep.or(kept),
            Err(error) => tracing::error!("the cloud's heads could not be kept: {error}"),
        }
        till.tell_status();
    }

    fn hello(&mut self, till: &Till, call: CallId, cloud_epoch_seen: Option<Uuid>) -> Done {
        let started_at_ms = till.now_ms();
        let asked = self.ask_hello(till, cloud_epoch_seen);
        let Some(result) = asked else {
            return Done::Stopped;
        };
        let result = result.and_then(|answer| match store::held(till, &answer) {
            Ok(held) => {
                self.heads.clone_from(&answer.heads);
                self.agreed |= held.iter().all(|place| place.chain.is_some());
                Ok(Hello { held, answer })
            }
            Err(error) => Err(path(&error)),
        });
        self.keep_attempt(
            till,
            AttemptKind::Hello,
            None,
            started_at_ms,
            words(&result, "answered"),
            &result,
        );
        Done::Answer(Event::HelloDone { call, result })
    }

    fn ask_hello(
        &mut self,
        till: &Till,
        cloud_epoch_seen: Option<Uuid>,
    ) -> Option<Result<HelloAnswer, CallFailure>> {
        let request = match store::hello(till, cloud_epoch_seen) {
            Ok(request) => request,
            Err(error) => return Some(Err(path(&error))),
        };
        self.call(till, |cloud| async move { cloud.hello(&request).await })
    }

    fn push(&mut self, till: &Till, call: CallId, batch: &Arc<Batch>) -> Done {
        let started_at_ms = till.now_ms();
        let sent = Arc::clone(batch);
        let asked = self.call(till, |cloud| async move {
            cloud.push(sent.key, &sent.request).await
        });
        let Some(result) = asked else {
            return Done::Stopped;
        };
        for run in &batch.request.runs {
            if let Some(last) = run.items.last() {
                let range = Some((run.segment, run.from, last.seq));
                let said = words(&result, "the cloud has it");
                self.keep_attempt(till, AttemptKind::Push, range, started_at_ms, said, &result);
            }
        }
        Done::Answer(Event::PushDone { call, result })
    }

    /// The cloud's heads as it last told them.
    pub(super) fn last_heads(&self) -> &[CloudHead] {
        &self.heads
    }

    /// Whether an earlier hello of this run of the program found nothing that this vault lacks.
    pub(super) const fn agreed_before(&self) -> bool {
        self.agreed
    }

    /// One call on the line, opened if it is not or if its own cloud has ended; `None`: told to stop meanwhile.
    pub(super) fn call<T, F>(
        &mut self,
        till: &Till,
        call: impl FnOnce(transport::HttpCloud) -> F + Send,
    ) -> Option<Result<T, CallFailure>>
    where
        F: Future<Output = Result<T, CallFailure>>,
        T: Send,
    {
        self.call_unless(till, call, |_| std::future::pending())
    }

    /// The same for a call that nothing may wait for: if it is not back soon after something else was said
    /// (a sale, a press of "Sync now"), it is let go of and made again later.
    pub(super) fn call_that_gives_way<T, F>(
        &mut self,
        till: &Till,
        call: impl FnOnce(transport::HttpCloud) -> F + Send,
    ) -> Option<Result<T, CallFailure>>
    where
        F: Future<Output = Result<T, CallFailure>>,
        T: Send,
    {
        let heard = self.heard;
        self.call_unless(
            till,
            call,
            |shared| async move { shared.presses(heard).await },
        )
    }

    fn call_unless<T, F, G>(
        &mut self,
        till: &Till,
        call: impl FnOnce(transport::HttpCloud) -> F + Send,
        presses: impl FnOnce(Arc<Shared>) -> G + Send,
    ) -> Option<Result<T, CallFailure>>
    where
        F: Future<Output = Result<T, CallFailure>>,
        G: Future<Output = ()>,
        T: Send,
    {
        if self.line.as_mut().is_some_and(CloudLine::own_has_ended) {
            tracing::warn!("the demo branch's own cloud has ended: it is started again");
            self.line = None;
        }
        if self.line.is_none() {
            match till.cloud_line() {
                Ok(line) => self.line = Some(line),
                Err(error) => return Some(Err(path(&error))),
            }
        }
        let line = self.line.as_ref()?;
        let shared = Arc::clone(&self.shared);
        line.block_on(|cloud| async move {
            let pressing = Arc::clone(&shared);
            tokio::select! {
                answer = call(cloud) => Some(answer),
                () = shared.stop.notified() => None,
                () = presses(pressing) => Some(Err(gave_way())),
            }
        })
    }

    fn keep_attempt<T>(
        &self,
        till: &Till,
        what: AttemptKind,
        range: Option<(protocol::SegmentId, u64, u64)>,
        started_at_ms: i64,
        words: String,
        result: &Result<T, CallFailure>,
    ) {
        // A hello that went well says nothing that the heads do not say.
        if what == AttemptKind::Hello && result.is_ok() {
            return;
        }
        let attempt = Attempt {
            what,
            range,
            started_at_ms,
            ended_at_ms: till.now_ms(),
            answered: !matches!(result, Err(CallFailure::Path { .. })),
            words,
        };
        let kept = till
            .vault
            .transact(move |tx| vault::attempts::add(tx, &attempt));
        if let Err(error) = kept {
            tracing::warn!("an attempt could not be kept for the time line: {error}");
        }
    }
}

fn gave_way() -> CallFailure {
    CallFailure::Path {
        words: "what was recorded meanwhile goes first; the rest is fetched after it".to_owned(),
        retry_after_ms: None,
    }
}

/// What became of an effect.
enum Done {
    Nothing,
    Answer(Event),
    Stopped,
}

/// An effect's answer as an event; none: told to stop meanwhile.
fn answered<T>(answer: Option<T>, event: impl FnOnce(T) -> Event) -> Done {
    answer.map_or(Done::Stopped, |answer| Done::Answer(event(answer)))
}

fn words<T>(result: &Result<T, CallFailure>, well: &str) -> String {
    match result {
        Ok(_) => well.to_owned(),
        Err(failure) => failure.to_string(),
    }
}

fn path(error: &AppError) -> CallFailure {
    CallFailure::Path {
        words: error.to_string(),
        retry_after_ms: None,
    }
}
