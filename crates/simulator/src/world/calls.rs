//! Calls between tills and the cloud, and what their answers do.

use protocol::cloud::CallFailure;
use protocol::ids::SegmentId;
use protocol::wire::HelloAnswer;
use sync::till::{CallId, Event, Healed, HeldAt, Hello};

use super::fault::Goal;
use super::line::{Fate, fate, own, path};
use super::machine::Snapshot;
use super::scene::{Call, Due, Reply, Request, Scene};
use crate::parts::Segment;

impl Scene {
    pub(super) fn send(&mut self, from: usize, id: CallId, request: Request) {
        let machine = &self.machines[from];
        let call = Call {
            from,
            life: machine.life,
            id,
            request,
        };
        let refused = if machine.cut_off_until > self.now {
            Some((5_000, path("no route", None)))
        } else if let Some((_, code)) = machine.refused.filter(|(until, _)| *until > self.now) {
            Some((50, own(code, None)))
        } else {
            None
        };
        let fate = match refused {
            Some(instead) => Fate {
                arrives_in: None,
                again_in: None,
                instead: Some(instead),
                back_in: 0,
            },
            None if self.calm => Fate {
                arrives_in: Some(30),
                again_in: None,
                instead: None,
                back_in: 30,
            },
            None => {
                let ops = match &call.request {
                    Request::Push(batch) => batch.ops(),
                    Request::Hello | Request::Tail(_) | Request::Shared(_) => 0,
                };
                fate(&self.swarm, &mut self.random, &mut self.tally, ops)
            }
        };
        self.travel(call, fate);
    }

    fn travel(&mut self, call: Call, fate: Fate) {
        let now = self.now;
        let heard = fate.instead.is_none();
        if let Some((after, failure)) = fate.instead {
            let reply = Err(failure);
            self.push_due(
                now + after,
                Due::Returns {
                    call: call.clone(),
                    reply,
                },
            );
        }
        if let Some(again) = fate.again_in {
            let repeated = Due::Arrives {
                call: call.clone(),
                answered: None,
            };
            self.push_due(now + again, repeated);
        }
        if let Some(arrives) = fate.arrives_in {
            let answered = heard.then_some(fate.back_in);
            self.push_due(now + arrives, Due::Arrives { call, answered });
        }
    }

    pub(super) fn arrives(&mut self, call: Call, answered: Option<u64>) {
        let reply = if self.cloud.down_until > self.now {
            Err(path("connection refused", None))
        } else {
            Ok(self.serve(&call))
        };
        if let Some(back) = answered {
            self.push_due(self.now + back, Due::Returns { call, reply });
        }
    }

    fn serve(&mut self, call: &Call) -> Reply {
        let machine = &self.machines[call.from];
        let key = machine.disk.till.till_key();
        let genesis = machine.disk.till.identity.genesis();
        match &call.request {
            Request::Hello => {
                let kept = machine.disk.kept.clone();
                Reply::Hello(
                    self.cloud
                        .hello(key.till, kept.epoch, &kept.heads, &mut self.tally),
                )
            }
            Request::Push(batch) => {
                let answer = self
                    .cloud
                    .push(batch.key, &batch.request, &key, &mut self.tally);
                let from = call.from;
                self.say(|| {
                    let told = answer.runs.iter().map(|run| format!("{:?}", run.status));
                    let told: Vec<String> = told.collect();
                    format!(
                        "machine {from} pushes {} ops: {}",
                        batch.ops(),
                        told.join(", ")
                    )
                });
                Reply::Push(answer)
            }
            Request::Tail(segment) | Request::Shared(segment) => {
                Reply::Tail(self.cloud.segment(*segment, genesis))
            }
        }
    }

    pub(super) fn returns(&mut self, call: Call, reply: Result<Reply, CallFailure>) {
        let (at, id) = (call.from, call.id);
        if self.machines[at].life != call.life {
            return;
        }
        let event = match (call.request, reply) {
            (Request::Hello, Ok(Reply::Hello(answer))) => Event::HelloDone {
                call: id,
                result: Ok(self.hello(at, answer)),
            },
            (Request::Push(_), Ok(Reply::Push(answer))) => Event::PushDone {
                call: id,
                result: Ok(answer),
            },
            (Request::Tail(_), Ok(Reply::Tail(tail))) => Event::TailFetched {
                call: id,
                healed: self.recover(at, tail),
            },
            (Request::Shared(segment), Ok(Reply::Tail(theirs))) => Event::SegmentOpened {
                call: id,
                healed: self.part_ways(at, segment, theirs),
            },
            (Request::Shared(_), Err(failure)) => Event::SegmentOpened {
                call: id,
                healed: Healed::Failed(failure),
            },
            (Request::Hello, Err(failure)) => Event::HelloDone {
                call: id,
                result: Err(failure),
            },
            (Request::Push(_), Err(failure)) => Event::PushDone {
                call: id,
                result: Err(failure),
            },
            (Request::Tail(_), Err(failure)) => Event::TailFetched {
                call: id,
                healed: Healed::Failed(failure),
            },
            (_, Ok(_)) => unreachable!("a reply belongs to its request"),
        };
        self.tell(at, event);
    }

    /// A machine as it is, with what is still to come to its engine.
    pub(super) fn freeze(&self, at: usize) -> Snapshot {
        let machine = &self.machines[at];
        let (mut events, mut lost) = (Vec::new(), Vec::new());
        for (when, due) in self.waiting() {
            match due {
                Due::Engine {
                    at: of,
                    life,
                    event,
                } if (*of, *life) == (at, machine.life) => {
                    events.push((when - self.now, event.clone()));
                }
                Due::Returns { call, .. }
                | Due::Arrives {
                    call,
                    answered: Some(_),
                } if (call.from, call.life) == (at, machine.life) => {
                    lost.push(Self::loss(call));
                }
                Due::Engine { .. }
                | Due::Arrives { .. }
                | Due::Returns { .. }
                | Due::Thaw { .. }
                | Due::Minute => {}
            }
        }
        Snapshot {
            disk: machine.disk.clone(),
            engine: machine.engine.clone(),
            events,
            lost,
        }
    }

    /// What an engine hears of a call whose connection is gone.
    fn loss(call: &Call) -> Event {
        let failure = path("connection reset", None);
        let id = call.id;
        match &call.request {
            Request::Hello => Event::HelloDone {
                call: id,
                result: Err(failure),
            },
            Request::Push(_) => Event::PushDone {
                call: id,
                result: Err(failure),
            },
            Request::Tail(_) => Event::TailFetched {
                call: id,
                healed: Healed::Failed(failure),
            },
            Request::Shared(_) => Event::SegmentOpened {
                call: id,
                healed: Healed::Failed(failure),
            },
        }
    }

    fn hello(&self, at: usize, answer: HelloAnswer) -> Hello {
        let till = &self.machines[at].disk.till;
        let held = answer.heads.iter().map(|head| HeldAt {
            segment: head.segment,
            seq: head.seq,
            chain: till.chain_at(head.segment, head.seq),
        });
        Hello {
            held: held.collect(),
            answer,
        }
    }

    /// Own ops beyond the last shared one go under a fresh segment; the others come back as a tail.
    fn part_ways(&mut self, at: usize, segment: SegmentId, theirs: Option<Segment>) -> Healed {
        let Some(theirs) = theirs else {
            return Healed::Failed(path("the segment is gone", None));
        };
        self.leave_shared_ground(at, segment, &theirs);
        Healed::Done
    }

    /// Puts own ops of a segment that contradict the cloud's under a fresh one, with all that follow.
    fn leave_shared_ground(&mut self, at: usize, segment: SegmentId, theirs: &Segment) {
        let contradicted = |op: &&protocol::StoredOp| {
            let there = theirs.ops.iter().find(|there| there.seq == op.seq);
            op.segment == segment && there.is_some_and(|there| there.chain != op.chain)
        };
        let mut own = self.machines[at].disk.till.ops();
        let Some(place) = own.find(contradicted).map(|op| op.seq) else {
            return;
        };
        drop(own);
        let moved = self.machines[at].reenvelope(segment, place);
        self.tally.saw(Goal::Reenveloped);
        self.say(|| format!("machine {at} puts {moved} ops under a fresh segment"));
    }

    fn recover(&mut self, at: usize, tail: Option<Segment>) -> Healed {
        let Some(tail) = tail else {
            return Healed::Failed(path("the segment is gone", None));
        };
        self.leave_shared_ground(at, tail.id, &tail);
        self.tally.saw(Goal::TailFetched);
        self.say(|| format!("machine {at} fetches {} ops back", tail.ops.len()));
        self.machines[at].recover(tail);
        Healed::Done
    }
}
