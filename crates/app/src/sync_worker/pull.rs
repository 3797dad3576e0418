//! Fetching, while the sender rests or waits for a person: the hands of the fetching engine, on the sender's thread and line.
//!
//! Promises: the sender's events come first; between two pages they are looked at again, and a page on its way
//! gives way to them. What is published touches
//! `shop.db` alone, so no scan and no sale waits for the cloud; people and settings are taken over by
//! [`Till::take_office_over`], never in the middle of a sale.

mod wish;

use std::collections::VecDeque;
use std::sync::Weak;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use protocol::cloud::{CallFailure, CloudApi as _};
use protocol::pull::{PULL_PAGE_ROWS, PullRequest, PullScope, SnapshotPart};
use sync::pull::{PartKept, PublishFailed, PullEffect, PullEvent, StageDone};
use sync::till::{CallId, Event, TimerId};
use sync::{Puller, PullerConfig};
use vault::outbox;
use vault::shop::{ShopError, Staged};

use super::drive::Drive;
use super::{Message, Shared};
use crate::error::AppError;
use crate::till::Till;

/// The fetching engine with what it remembers of the call on its way.
pub(super) struct Fetch {
    engine: Puller,
    timer: Option<(TimerId, u64)>,
    /// What the page on its way was asked with.
    asked: Asked,
    /// People or settings of head office wait to be taken over.
    office_waits: bool,
}

#[derive(Debug, Clone, Default)]
struct Asked {
    cursor: Option<String>,
    /// Up to which change of this till the cloud had heard everything.
    judged: i64,
    /// Up to which of this till's ops the cloud had judged.
    held_up_to: u64,
}

/// What became of looking for something to fetch.
enum Looked {
    Fetched,
    Nothing,
    Stopped,
}

impl Fetch {
    /// Begins where the files say that this till stands.
    pub fn begin(till: &Till, seed: u64, now: u64) -> Self {
        let place = till.shop.pull_place(PullScope::Catalogue);
        let first_catalogue = place.is_ok_and(|place| place.cursor.is_none() && !place.unfinished);
        let mut fetch = Self {
            engine: Puller::new(PullerConfig {
                seed,
                first_catalogue,
            }),
            timer: None,
            asked: Asked::default(),
            // The program may have ended between the publish and the taking over.
            office_waits: true,
        };
        fetch.engine.step(now, PullEvent::Started, &mut Vec::new());
        // Nor may it have come to this, for the same reason.
        till.forget_settled();
        fetch
    }

    /// What the sender's events mean for fetching.
    pub fn hear(&mut self, now: u64, event: &Event, shared: &Shared) {
        let meant = match event {
            Event::Paused => PullEvent::Paused,
            Event::Resumed => PullEvent::Resumed,
            Event::NetworkUp => PullEvent::NetworkUp,
            Event::SyncNow => PullEvent::PullNow,
            Event::Stored { result: Ok(()), .. } => PullEvent::Pushed,
            Event::Started
            | Event::OpVaulted
            | Event::TimerFired(_)
            | Event::HelloDone { .. }
            | Event::TailFetched { .. }
            | Event::SegmentOpened { .. }
            | Event::BatchCut { .. }
            | Event::PushDone { .. }
            | Event::Stored { result: Err(_), .. } => return,
        };
        let mut effects = Vec::new();
        self.engine.step(now, meant, &mut effects);
        for effect in effects {
            if let PullEffect::Emit(view) = &effect {
                shared.show_fetching(view.clone());
            }
            self.keep_timer(&effect);
        }
    }

    fn keep_timer(&mut self, effect: &PullEffect) {
        if let PullEffect::SetTimer { id, at } = effect {
            self.timer = Some((*id, *at));
        }
    }
}

impl Drive {
    /// The next event for the sender: one that was said, or its timer. While there is none and the sender leaves
    /// the line, the cloud's rows are fetched, call by call; `None`: stop.
    pub fn wait(&mut self, till: &Weak<Till>, heard: &Receiver<Message>) -> Option<Event> {
        loop {
            match heard.try_recv() {
                Ok(Message::Event(event)) => return Some(self.heard(event)),
                Ok(Message::Stop) | Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            if let Some(event) = self.timer_due() {
                return Some(event);
            }
            let till = till.upgrade()?;
            match self.look_for_rows(&till) {
                Looked::Fetched => {}
                Looked::Stopped => return None,
                Looked::Nothing => match self.sleep(heard) {
                    Ok(Some(Message::Event(event))) => return Some(self.heard(event)),
                    Ok(None) => {}
                    Ok(Some(Message::Stop)) | Err(()) => return None,
                },
            }
        }
    }

    fn heard(&mut self, event: Event) -> Event {
        self.heard += 1;
        event
    }

    fn timer_due(&mut self) -> Option<Event> {
        let now = self.clock.mono_ms();
        let (id, _) = self.timer.filter(|(_, at)| *at <= now)?;
        self.timer = None;
        Some(Event::TimerFired(id))
    }

    /// Waits for a message or the next timer, whichever comes first.
    fn sleep(&self, heard: &Receiver<Message>) -> Result<Option<Message>, ()> {
        use std::sync::mpsc::RecvTimeoutError;
        let fetching = self.fetch.timer.filter(|_| self.shared.leaves_the_line());
        let timers = [self.timer, fetching];
        let Some(at) = timers.into_iter().flatten().map(|(_, at)| at).min() else {
            return heard.recv().map(Some).map_err(|_| ());
        };
        let wait = Duration::from_millis(at.saturating_sub(self.clock.mono_ms()));
        match heard.recv_timeout(wait) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(()),
        }
    }

    fn look_for_rows(&mut self, till: &Till) -> Looked {
        if !self.shared.leaves_the_line() {
            return Looked::Nothing;
        }
        if self.fetch.office_waits {
            self.fetch.office_waits = !till.take_office_over();
        }
        let now = self.clock.mono_ms();
        let due = self.fetch.timer.filter(|(_, at)| *at <= now);
        if let Some((id, _)) = due {
            self.fetch.timer = None;
            return self.fetch_step(till, PullEvent::TimerFired(id));
        }
        if self.fetch.engine.wants_turn() {
            return self.fetch_step(till, PullEvent::Turn);
        }
        Looked::Nothing
    }

    /// One step of the engine and all that follows from it.
    fn fetch_step(&mut self, till: &Till, event: PullEvent) -> Looked {
        let mut ready = VecDeque::from([event]);
        while let Some(event) = ready.pop_front() {
            let mut effects = Vec::new();
            let now = self.clock.mono_ms();
            self.fetch.engine.step(now, event, &mut effects);
            for effect in effects {
                self.fetch.keep_timer(&effect);
                match self.fetch_effect(till, effect) {
                    Ok(answer) => ready.extend(answer),
                    Err(ToldToStop) => return Looked::Stopped,
                }
            }
        }
        Looked::Fetched
    }

    fn fetch_effect(
        &mut self,
        till: &Till,
        effect: PullEffect,
    ) -> Result<Option<PullEvent>, ToldToStop> {
        Ok(match effect {
            PullEffect::SendPull { call, scope } => Some(self.ask_page(till, call, scope)?),
            PullEffect::SendSnapshot { call } => Some(self.ask_part(till, call)?),
            PullEffect::Stage { call, scope, page } => {
                let asked_with = self.fetch.asked.cursor.as_deref();
                let staged = till.shop.stage_page(scope, asked_with, &page);
                let result = match staged {
                    Ok(Staged::Kept) => Ok(StageDone::Kept),
                    Ok(Staged::Moved) => Ok(StageDone::Moved),
                    Err(error) => Err(error.to_string()),
                };
                Some(PullEvent::Staged { call, result })
            }
            PullEffect::Publish { call, scope } => {
                let judged = self.fetch.asked.judged;
                let done = till.shop.publish_pull(scope, till.now_ms(), judged);
                self.fetch.office_waits |= scope == PullScope::Config;
                if scope == PullScope::Conflicts && done.is_ok() {
                    till.conflicts_told(self.fetch.asked.held_up_to);
                }
                Some(published(till, call, done.map(|done| done.changed())))
            }
            PullEffect::KeepPart { call, part } => Some(keep_part(till, call, &part)),
            PullEffect::PublishSnapshot { call } => {
                // The file was made before this till's last changes were judged, perhaps: none is undone by it.
                let done = till.shop.publish_snapshot(till.now_ms(), 0, &mut |_, _| {});
                Some(published(till, call, done.map(|_| true)))
            }
            PullEffect::BeginAgain { call, scope } => {
                let result = till.shop.reset_pull(scope);
                let result = result.map_err(|error| error.to_string());
                Some(PullEvent::BegunAgain { call, result })
            }
            PullEffect::SetTimer { .. } => None,
            PullEffect::Emit(view) => {
                self.shared.show_fetching(view);
                till.tell_status();
                None
            }
        })
    }

    fn ask_page(
        &mut self,
        till: &Till,
        call: CallId,
        scope: PullScope,
    ) -> Result<PullEvent, ToldToStop> {
        let result = match asked(till, scope) {
            Ok(asked) => {
                let request = PullRequest {
                    scope,
                    cursor: asked.cursor.clone(),
                    limit: PULL_PAGE_ROWS,
                };
                self.fetch.asked = asked;
                self.call_that_gives_way(till, |cloud| async move { cloud.pull(&request).await })
                    .ok_or(ToldToStop)?
            }
            Err(error) => Err(failure(&error)),
        };
        Ok(PullEvent::PageCame { call, result })
    }

    fn ask_part(&mut self, till: &Till, call: CallId) -> Result<PullEvent, ToldToStop> {
        let here = till.shop.snapshot_place();
        let whole = here.as_ref().filter(|here| here.held == here.total);
        if let Some(here) = whole {
            // All of it is here since before a restart, or its publish had to wait.
            let result = Ok(SnapshotPart {
                etag: here.etag.clone(),
                total: here.total,
                from: here.held,
                bytes: Vec::new(),
            });
            return Ok(PullEvent::PartCame { call, result });
        }
        let (etag, from) = here.map_or((None, 0), |here| (Some(here.etag), here.held));
        let result = self
            .call_that_gives_way(till, |cloud| async move {
                cloud.snapshot(etag.as_deref(), from).await
            })
            .ok_or(ToldToStop)?;
        Ok(PullEvent::PartCame { call, result })
    }
}

/// Told to stop in the middle of a call.
struct ToldToStop;

/// What the next page is asked with. The order matters: the mark, then that nothing waits to be sent, then the
/// page; so the cloud has heard of every change up to the mark when it answers.
fn asked(till: &Till, scope: PullScope) -> Result<Asked, AppError> {
    let mark = till.shop.edit_mark()?;
    let (waiting, held_up_to) = till.vault.read(|reader| {
        let waiting = outbox::summary(reader)?.ops_waiting;
        Ok((waiting, outbox::held_up_to(reader)?))
    })?;
    Ok(Asked {
        cursor: till.shop.pull_place(scope)?.cursor,
        judged: if waiting == 0 { mark } else { 0 },
        held_up_to,
    })
}

fn keep_part(till: &Till, call: CallId, part: &SnapshotPart) -> PullEvent {
    let kept = till.shop.keep_snapshot_part(part);
    let result = match kept {
        Ok(Some(here)) => Ok(PartKept {
            held: here.held,
            total: here.total,
        }),
        Ok(None) => Err("the snapshot began in the middle: it is asked for again".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    PullEvent::PartKept { call, result }
}

fn published(till: &Till, call: CallId, done: Result<bool, ShopError>) -> PullEvent {
    let result = match done {
        Ok(changed) => {
            if changed {
                till.tell_status();
            }
            Ok(())
        }
        Err(error) => Err(PublishFailed {
            words: error.to_string(),
            unsound: matches!(error, ShopError::Snapshot { .. }),
        }),
    };
    PullEvent::Published { call, result }
}

fn failure(error: &AppError) -> CallFailure {
    CallFailure::Path {
        words: error.to_string(),
        retry_after_ms: None,
    }
}
