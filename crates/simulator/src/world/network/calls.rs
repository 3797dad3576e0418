//! Calls under way: how they are sent, what the cloud makes of them when they arrive.

use std::sync::Arc;

use protocol::cloud::CallFailure;
use protocol::error::ApiCode;
use protocol::ids::SegmentId;
use protocol::pull::{PullScope, SnapshotPart};
use protocol::wire::{HelloAnswer, PushAnswer, RunStatus};
use sync::ingest::TillKey;
use sync::till::{Batch, CallId};

use super::{Fate, fate, own, path, standing};
use crate::world::cloud::{Bottle, Told};
use crate::world::disk::Segment;
use crate::world::names::{Fault, Goal};
use crate::world::process::Who;
use crate::world::scene::{Due, Scene};

/// What a till asks of the cloud.
#[derive(Debug, Clone)]
pub(in crate::world) enum Request {
    Hello,
    Push(Arc<Batch>),
    Tail(SegmentId),
    /// The same, to find the last op that both share.
    Shared(SegmentId),
    Page(PullScope, Option<String>),
    /// A part of the catalogue's snapshot behind what is held of which.
    Part(Option<(u64, u64)>),
}

/// What the cloud answers.
#[derive(Debug, Clone)]
pub(in crate::world) enum Reply {
    Hello(HelloAnswer),
    Push(PushAnswer),
    Tail(Option<Segment>),
    Page(Told),
    Part(SnapshotPart, Box<Bottle>),
}

/// A call under way.
#[derive(Debug, Clone)]
pub(in crate::world) struct Call {
    pub from: usize,
    pub life: u32,
    pub id: CallId,
    pub request: Request,
    /// A second instance of the program sent it.
    pub second: bool,
}

impl Call {
    fn ops(&self) -> usize {
        match &self.request {
            Request::Push(batch) => batch.ops(),
            Request::Hello
            | Request::Tail(_)
            | Request::Shared(_)
            | Request::Page(..)
            | Request::Part(_) => 0,
        }
    }
}

impl Scene {
    pub(in crate::world) fn send(
        &mut self,
        from: usize,
        id: CallId,
        request: Request,
        second: bool,
    ) {
        let machine = &self.machines[from];
        let call = Call {
            from,
            life: machine.life,
            id,
            request,
            second,
        };
        let deaf = machine.deaf_until > self.now;
        let standing = standing(machine, self.now);
        let fate = match standing {
            Some(fate) => fate,
            None if self.calm => Fate::well(30, 30),
            None => fate(&mut self.dice, &mut self.tally, call.ops(), deaf),
        };
        self.travel(call, fate);
    }

    fn travel(&mut self, call: Call, fate: Fate) {
        let heard = fate.instead.is_none();
        if let Some((after, failure)) = fate.instead {
            let (call, reply) = (call.clone(), Err(failure));
            self.due(after, Due::Returns(Box::new((call, reply))));
        }
        if let Some(again) = fate.again_in {
            let (call, answered) = (call.clone(), None);
            self.due(again, Due::Arrives(Box::new((call, answered))));
        }
        if let Some(arrives) = fate.arrives_in {
            let answered = heard.then_some(fate.back_in);
            self.due(arrives, Due::Arrives(Box::new((call, answered))));
        }
    }

    /// A request reaches the cloud; somebody waits for the answer, which travels so long, or nobody does.
    pub(in crate::world) fn arrives(&mut self, call: Call, answered: Option<u64>) {
        self.note(call.from, 200);
        let is_push = matches!(call.request, Request::Push(_));
        if self.cloud.locked_until > self.now && is_push {
            // The tenant's lock is held: it waits its turn.
            let wait = self.cloud.locked_until - self.now;
            return self.due(wait, Due::Arrives(Box::new((call, answered))));
        }
        let mut after = answered;
        let reply = match self.before_commit(&call) {
            Served::Again(wait) => return self.due(wait, Due::Arrives(Box::new((call, answered)))),
            Served::Refused(wait, failure) => {
                after = answered.map(|back| back + wait);
                Err(failure)
            }
            Served::Yes => self.serve(&call),
        };
        if is_push && !self.calm && self.happens(Fault::CrashAfterCommit) {
            self.cloud.down_until = self.now + self.dice.of(Fault::CrashAfterCommit).up_to(30_000);
            let reply = Err(path("connection reset", None));
            if let Some(back) = answered {
                self.due(back, Due::Returns(Box::new((call, reply))));
            }
            return;
        }
        if let Some(back) = after {
            self.due(back, Due::Returns(Box::new((call, reply))));
        }
    }

    /// What befalls a request at the cloud's door and in its database.
    fn before_commit(&mut self, call: &Call) -> Served {
        let machine = &self.machines[call.from];
        if self.cloud.down_until > self.now {
            return Served::Refused(0, path("connection refused", None));
        }
        if self.cloud.pool_until > self.now {
            return Served::Refused(0, own(ApiCode::Busy, Some(2_000)));
        }
        let till = machine.who.till;
        let Some(key) = self.cloud.keys.get(&till) else {
            return Served::Refused(0, own(ApiCode::Unauthorized, None));
        };
        let is_push = matches!(call.request, Request::Push(_));
        // A push that was let in before the revocation is judged with it.
        if key.revoked && !(is_push && self.now.is_multiple_of(2)) {
            return Served::Refused(0, own(ApiCode::Revoked, None));
        }
        if !is_push || self.calm {
            return Served::Yes;
        }
        if self.happens(Fault::CloudError) {
            return Served::Refused(0, own(ApiCode::Internal, None));
        }
        if self.happens(Fault::StatementTimeout) {
            return Served::Refused(30_000, own(ApiCode::Internal, None));
        }
        if self.happens(Fault::SerializationFailure) {
            return Served::Again(100 + self.dice.of(Fault::SerializationFailure).up_to(5_000));
        }
        Served::Yes
    }

    fn serve(&mut self, call: &Call) -> Result<Reply, CallFailure> {
        let machine = &self.machines[call.from];
        let key = self.cloud.keys[&machine.who.till];
        let (now, genesis) = (self.now, machine.who.genesis());
        Ok(match &call.request {
            Request::Hello => {
                let (epoch, heads) = (machine.disk.epoch, &machine.disk.heads);
                let was_rewound = self.cloud.rewound;
                let answer = self.cloud.hello(&key, epoch, heads, now, &mut self.tally);
                if was_rewound && !self.cloud.rewound {
                    self.restored();
                }
                Reply::Hello(answer)
            }
            Request::Push(batch) if std::mem::take(&mut self.machines[call.from].stranger) => {
                return Ok(self.serve_stranger(call.from, batch));
            }
            Request::Push(batch) => {
                let answer = self.cloud.push(
                    batch.key,
                    &batch.request,
                    &key,
                    &self.facts,
                    &mut self.tally,
                );
                self.look_at(&answer, batch);
                let (from, ops) = (call.from, batch.ops());
                self.say(|| {
                    let told = answer.runs.iter().map(|run| format!("{:?}", run.status));
                    let told: Vec<String> = told.collect();
                    format!(
                        "the cloud takes {ops} ops of machine {from}: {}",
                        told.join(", ")
                    )
                });
                Reply::Push(answer)
            }
            Request::Tail(segment) | Request::Shared(segment) => {
                Reply::Tail(self.cloud.segment(&key, *segment, genesis))
            }
            Request::Page(scope, cursor) => {
                Reply::Page(self.cloud.page(&key, *scope, cursor.as_deref())?)
            }
            Request::Part(held) => {
                let (part, bottle) = self.cloud.part(&key, *held)?;
                Reply::Part(part, Box::new(bottle))
            }
        })
    }

    /// The batch came under another till's credential: nothing of it is taken, on either side.
    fn serve_stranger(&mut self, from: usize, batch: &Batch) -> Reply {
        let mine = self.machines[from].who.till;
        let others = self.machines.iter().map(|machine| &machine.who);
        let mut others =
            others.filter(|who| who.till != mine && self.cloud.keys.contains_key(&who.till));
        let other = others
            .next()
            .map_or_else(|| Who::new(1, 250).till_key(), |who| who.till_key());
        let before: Vec<u64> = self
            .cloud
            .tenants
            .values()
            .map(|tables| tables.rv)
            .collect();
        let key = TillKey {
            revoked: false,
            ..other
        };
        let answer = self.cloud.push(
            batch.key,
            &batch.request,
            &key,
            &self.facts,
            &mut self.tally,
        );
        let after: Vec<u64> = self
            .cloud
            .tenants
            .values()
            .map(|tables| tables.rv)
            .collect();
        assert_eq!(before, after, "a stranger's ops are nobody's");
        let refused = answer
            .runs
            .iter()
            .all(|run| run.status == RunStatus::BadSig && run.head.is_none());
        assert!(refused, "a stranger is refused, and told nothing of others");
        self.tally.saw(Goal::StrangerRefused);
        Reply::Push(answer)
    }

    fn look_at(&mut self, answer: &PushAnswer, batch: &Batch) {
        if batch.request.runs.iter().any(|run| run.orphan) {
            self.tally.saw(Goal::Hole);
        }
        let told = answer.runs.iter().flat_map(|run| &run.results);
        let again = told.filter(|one| one.outcome == protocol::outcome::Outcome::Duplicate);
        if again.count() > 0 {
            self.tally.saw(Goal::Duplicate);
        }
    }
}

/// What the cloud's door does with a request.
enum Served {
    Yes,
    Refused(u64, CallFailure),
    /// Rolled back and done again later.
    Again(u64),
}
