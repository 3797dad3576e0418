//! The thread that drains this till's ops to its cloud.
//!
//! Owns the driver around the engine of `sync`: it feeds events, does what the effects say (ask,
//! cut, push, store) one at a time, and tells the frame. It decides nothing; the engine decides
//! without I/O. Promises that stopping it loses nothing: what was not stored is asked of the
//! cloud's heads again.

mod drive;
mod heal;
mod line;
mod pull;
mod salvage;
mod store;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use protocol::Outcome;
use sync::queue_state::{PathState, QueueState, queue_state};
use sync::till::{Event, SyncKind, SyncView};

use crate::dto::SyncState;
use crate::error::AppError;
use crate::till::Till;
use drive::Drive;
pub(crate) use salvage::Written;

/// What the rest of the till sees of the line to the cloud.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinkView {
    pub offline_since_ms: Option<i64>,
    pub next_attempt_at_ms: Option<i64>,
    pub last_answer: Option<String>,
    pub clock_err_ms: Option<i64>,
    pub needs_person: bool,
    /// First and last `seq` on the wire now.
    pub in_flight: Option<(u64, u64)>,
    pub failing: bool,
    pub too_large: Option<u64>,
}

/// The running thread.
pub(crate) struct SyncWorker {
    events: Sender<Message>,
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

pub(crate) enum Message {
    Event(Event),
    Stop,
}

/// What the thread shows, and a bell for who waits.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<Shown>,
    changed: Condvar,
    stop: tokio::sync::Notify,
    /// How many events were said in all, and a bell for each.
    said: AtomicU64,
    saying: tokio::sync::Notify,
}

/// How long a page on its way may still take once something waits behind it.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Shown {
    link: LinkView,
    /// The engine has heard the cloud's heads and found nothing beyond them.
    resting: bool,
    /// The engine goes on with nothing before a person has acted.
    halted: bool,
    /// The engine tries again by and by, and a person has to act before it can go on.
    waits_for_person: bool,
    /// How often the engine came to rest or gave an attempt up.
    rounds: u64,
    /// What fetching looks like.
    fetching: Option<sync::pull::PullView>,
}

impl SyncWorker {
    /// Starts it; the engine says hello at once, or sleeps until it is let go on.
    pub fn start(till: Weak<Till>, paused: bool) -> Result<Self, AppError> {
        let (events, heard) = channel();
        let shared = Arc::new(Shared::default());
        let seen = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("sync".to_owned())
            .spawn(move || {
                let driven = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    run(&till, &heard, &seen);
                }));
                if driven.is_err() {
                    // A broken promise of the engine stops sending, never selling.
                    seen.broken();
                }
            })
            .map_err(|error| AppError::internal(&error))?;
        let worker = Self {
            events,
            shared,
            thread,
        };
        if !paused {
            worker.say(Event::Started);
        }
        Ok(worker)
    }

    /// A new op is in the vault.
    pub fn op_vaulted(&self) {
        self.say(Event::OpVaulted);
    }

    /// A person wants it now.
    pub fn sync_now(&self) {
        self.say(Event::SyncNow);
    }

    /// A person stops sending.
    pub fn pause(&self) {
        self.say(Event::Paused);
    }

    /// A person lets it go on.
    pub fn resume(&self) {
        self.say(Event::Resumed);
    }

    /// What the line looks like.
    pub fn view(&self) -> LinkView {
        self.shared.lock().link.clone()
    }

    /// Waits until the engine rests with nothing beyond the heads, and says whether all is well
    /// then; with `keep_trying` failures of the path do not end the wait, only the deadline does.
    /// What halts the engine until a person acts ends it at once: waiting would not help.
    pub fn wait_until_drained(&self, within: Duration, keep_trying: bool) -> bool {
        let shown = self.shared.lock();
        let done = |shown: &mut Shown| {
            let gave_up = shown.halted || !keep_trying;
            !(shown.resting || (gave_up && shown.rounds > 0))
        };
        let waited = self.shared.changed.wait_timeout_while(shown, within, done);
        let shown = waited.unwrap_or_else(PoisonError::into_inner).0;
        shown.resting && !shown.link.needs_person
    }

    /// Ends it, cutting a call short.
    pub fn stop(self) {
        let _ = self.events.send(Message::Stop);
        self.shared.stop.notify_one();
        let _ = self.thread.join();
    }

    fn say(&self, event: Event) {
        self.shared.said.fetch_add(1, Ordering::SeqCst);
        // A thread that has ended hears nothing; what waits is on disk.
        let _ = self.events.send(Message::Event(event));
        self.shared.saying.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Shown> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when something was said beyond what was heard, and `GRACE` has passed since.
    async fn presses(&self, heard: u64) {
        while self.said.load(Ordering::SeqCst) <= heard {
            self.saying.notified().await;
        }
        tokio::time::sleep(GRACE).await;
    }

    /// Keeps what the engine shows, in wall-clock time.
    fn show(&self, view: &SyncView, wall_of: impl Fn(u64) -> i64) {
        let mut shown = self.lock();
        let (failing, now_waiting) = (view.failures > 0, view.kind == SyncKind::Waiting);
        let link = &mut shown.link;
        link.offline_since_ms = match (failing, link.offline_since_ms) {
            (true, Some(since)) => Some(since),
            (true, None) => Some(wall_of(view.since)),
            (false, _) => None,
        };
        link.next_attempt_at_ms = view.next_attempt_at.filter(|_| now_waiting).map(&wall_of);
        let halted = matches!(view.kind, SyncKind::NeedsPerson | SyncKind::Refused);
        // What needed a person stays said until the cloud's next heads have been judged.
        let judged = !matches!(view.kind, SyncKind::Connecting | SyncKind::Healing);
        let needs_person = halted || view.needs_person.is_some();
        if needs_person || judged || !link.needs_person {
            let words = view.needs_person.as_ref().or(view.last_words.as_ref());
            link.last_answer = words.cloned();
            link.needs_person = needs_person;
        }
        link.failing = failing;
        link.too_large = view.too_large.map(|(_, seq)| seq);
        link.in_flight = view
            .in_flight
            .iter()
            .map(|run| (run.from, run.to))
            .reduce(|all, run| (all.0.min(run.0), all.1.max(run.1)));
        shown.resting = view.kind == SyncKind::Resting;
        shown.halted = halted;
        shown.waits_for_person = view.kind == SyncKind::NeedsPerson;
        if matches!(
            view.kind,
            SyncKind::Resting | SyncKind::Waiting | SyncKind::Refused | SyncKind::NeedsPerson
        ) {
            shown.rounds += 1;
        }
        self.changed.notify_all();
    }

    fn keep_clock_error(&self, clock_err_ms: i64) {
        self.lock().link.clock_err_ms = Some(clock_err_ms);
    }

    fn broken(&self) {
        let mut shown = self.lock();
        shown.halted = true;
        shown.link.needs_person = true;
        shown.link.last_answer =
            Some("sending stopped on a fault of this program: start the till again".to_owned());
        shown.rounds += 1;
        self.changed.notify_all();
    }
}

/// Feeds the engine until it is told to stop or the till is gone.
fn run(till: &Weak<Till>, heard: &Receiver<Message>, shared: &Arc<Shared>) {
    let Some(mut drive) = till.upgrade().and_then(|till| Drive::begin(&till, shared)) else {
        return;
    };
    let mut ready: VecDeque<Event> = VecDeque::new();
    loop {
        let event = match ready.pop_front() {
            Some(event) => event,
            None => match drive.wait(till, heard) {
                Some(event) => event,
                None => return,
            },
        };
        let Some(till) = till.upgrade() else { return };
        if !drive.step(&till, event, &mut ready) {
            return;
        }
    }
}

impl Till {
    /// Sends now, whatever the timer says.
    pub fn sync_now(&self) -> Result<crate::dto::TillStatus, AppError> {
        if let Some(sync) = &self.workers().sync {
            sync.sync_now();
        }
        self.status()
    }

    pub(crate) fn wake_sync(&self) {
        if let Some(sync) = &self.workers().sync {
            sync.op_vaulted();
        }
    }

    pub(crate) fn link_view(&self) -> LinkView {
        self.workers()
            .sync
            .as_ref()
            .map(SyncWorker::view)
            .unwrap_or_default()
    }
}

/// The word for one op, from what is known of it and of the line.
pub(crate) fn sync_state(
    recorded: bool,
    outcome: Option<Outcome>,
    seq: u64,
    link: &LinkView,
) -> SyncState {
    let path = match (link.too_large, link.failing) {
        (Some(large), _) if large == seq => PathState::TooLarge,
        (_, true) => PathState::Failing,
        (_, false) => PathState::Open,
    };
    let in_flight = link
        .in_flight
        .is_some_and(|(from, to)| (from..=to).contains(&seq));
    match queue_state(
        recorded,
        outcome.map(|outcome| (outcome, None)),
        in_flight,
        path,
    ) {
        QueueState::Pending => SyncState::Pending,
        QueueState::InFlight => SyncState::InFlight,
        QueueState::Synced => SyncState::Synced,
        QueueState::RetryableError => SyncState::RetryableError,
        QueueState::FatalError => SyncState::FatalError,
        QueueState::DeadLetter => SyncState::DeadLetter,
        QueueState::Conflict => SyncState::Conflict,
    }
}
