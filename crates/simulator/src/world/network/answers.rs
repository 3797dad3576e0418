//! Answers: what the till's driver makes of them before its engines hear.

use protocol::cloud::CallFailure;
use protocol::wire::HelloAnswer;
use sync::pull::PullEvent;
use sync::till::{Event, Healed, HeldAt, Hello};

use super::calls::{Call, Reply, Request};
use super::path;
use crate::world::names::{Fault, Goal};
use crate::world::process::Heard;
use crate::world::scene::Scene;

impl Scene {
    pub(in crate::world) fn returns(&mut self, call: Call, reply: Result<Reply, CallFailure>) {
        let (at, id) = (call.from, call.id);
        if self.machines[at].life != call.life {
            return;
        }
        if !self.calm && self.happens(Fault::KillAtEffect) {
            // The answer was read from the line and nothing of it was kept.
            return self.start(at);
        }
        let second = call.second;
        let heard = match (call.request, reply) {
            (Request::Page(scope, asked), Ok(Reply::Page((page, of)))) => {
                self.machines[at].page = Some((scope, asked, of));
                Heard::Pull(PullEvent::PageCame {
                    call: id,
                    result: Ok(page),
                })
            }
            (Request::Page(scope, _), Err(failure)) => {
                self.look_at_reset(at, scope, &failure);
                Heard::Pull(PullEvent::PageCame {
                    call: id,
                    result: Err(failure),
                })
            }
            (Request::Part(_), Ok(Reply::Part(part, bottle))) => {
                self.machines[at].bottle = Some(bottle);
                Heard::Pull(PullEvent::PartCame {
                    call: id,
                    result: Ok(part),
                })
            }
            (Request::Hello, Ok(Reply::Hello(answer))) => Heard::Sync(Event::HelloDone {
                call: id,
                result: Ok(self.hello(at, answer)),
            }),
            (Request::Push(_), Ok(Reply::Push(answer))) => Heard::Sync(Event::PushDone {
                call: id,
                result: Ok(answer),
            }),
            (Request::Tail(_), Ok(Reply::Tail(tail))) => Heard::Sync(Event::TailFetched {
                call: id,
                healed: tail.map_or_else(gone, |tail| self.recover(at, tail)),
            }),
            (Request::Shared(segment), Ok(Reply::Tail(theirs))) => {
                Heard::Sync(Event::SegmentOpened {
                    call: id,
                    healed: theirs.map_or_else(gone, |theirs| self.part_ways(at, segment, &theirs)),
                })
            }
            (request, Err(failure)) => lost(&request, id, failure),
            (_, Ok(_)) => unreachable!("a reply belongs to its request"),
        };
        self.hear(at, heard, second);
    }

    fn look_at_reset(
        &mut self,
        at: usize,
        scope: protocol::pull::PullScope,
        failure: &CallFailure,
    ) {
        let refused = matches!(failure, CallFailure::Refused { error, .. }
            if error.code == protocol::error::ApiCode::CursorReset);
        let rows = self.machines[at].disk.shelf.scope(scope);
        if refused && rows.paging.is_some() {
            self.tally.saw(Goal::ResetWhilePaging);
        }
    }

    fn hello(&self, at: usize, answer: HelloAnswer) -> Hello {
        let disk = &self.machines[at].disk;
        let held = answer.heads.iter().map(|head| HeldAt {
            segment: head.segment,
            seq: head.seq,
            chain: disk.chain_at(head.segment, head.seq),
        });
        Hello {
            held: held.collect(),
            answer,
        }
    }
}

fn gone() -> Healed {
    Healed::Failed(path("the segment is gone", None))
}

/// What an engine hears of a call that failed.
pub(in crate::world) fn lost(
    request: &Request,
    call: sync::till::CallId,
    failure: CallFailure,
) -> Heard {
    match request {
        Request::Hello => Heard::Sync(Event::HelloDone {
            call,
            result: Err(failure),
        }),
        Request::Push(_) => Heard::Sync(Event::PushDone {
            call,
            result: Err(failure),
        }),
        Request::Tail(_) => Heard::Sync(Event::TailFetched {
            call,
            healed: Healed::Failed(failure),
        }),
        Request::Shared(_) => Heard::Sync(Event::SegmentOpened {
            call,
            healed: Healed::Failed(failure),
        }),
        Request::Page(..) => Heard::Pull(PullEvent::PageCame {
            call,
            result: Err(failure),
        }),
        Request::Part(_) => Heard::Pull(PullEvent::PartCame {
            call,
            result: Err(failure),
        }),
    }
}
