//! Recording: what a person did becomes an op on the disk.

use domain::MovementKind;
use protocol::body::{MovementV1, OpBody, StockMovedV1};
use protocol::chain::op_hash;
use protocol::hlc::Hlc;
use protocol::op::{Actor, Base, OpDraft, Seal};
use sync::effects::FieldGroup;
use sync::till::Event;
use uuid::Uuid;

use crate::parts::bodies;
use crate::world::disk::Mark;
use crate::world::facts::{Fact, What};
use crate::world::names::{Fault, Goal};
use crate::world::process::Draft;
use crate::world::scene::Scene;

/// Bytes of the largest ops: a little below the cap.
const HUGE: usize = 900_000;

impl Scene {
    /// An id that depends on who mints it and how many of its kind he has minted, and on nobody else.
    fn new_id(&mut self, at: usize, kind: u8) -> Uuid {
        let machine = &mut self.machines[at];
        let minted = machine.minted.entry(kind).or_insert(0);
        *minted += 1;
        let by = u128::from(machine.number) << 64;
        Uuid::from_u128((u128::from(kind) << 112) + by + u128::from(*minted))
    }

    pub(super) fn new_sale(&mut self, at: usize) -> Uuid {
        self.new_id(at, 0x5A)
    }

    fn new_op(&mut self, at: usize, what: &What) -> Uuid {
        let settles = matches!(what, What::Settle { .. });
        self.new_id(at, if settles { 0x0D } else { 0x0F })
    }

    /// Records what a person did; `None` if the disk does not take it.
    pub(super) fn record(&mut self, at: usize, what: &What) -> Option<Uuid> {
        if self.machines[at].disk_fails(self.now) {
            return None;
        }
        let op_id = self.new_op(at, what);
        self.put(at, op_id, what, false);
        let wait = self.machines[at].disk_ms(self.now);
        if wait > 1 {
            self.machines[at].frozen_until = self.now + wait;
        }
        self.tell(at, Event::OpVaulted);
        Some(op_id)
    }

    /// An op of nearly a mebibyte.
    pub(super) fn record_huge(&mut self, at: usize, product: Uuid) {
        let what = What::Restock {
            product,
            milli: 1_000,
        };
        let op_id = self.new_op(at, &what);
        self.put(at, op_id, &what, true);
        self.tell(at, Event::OpVaulted);
        self.tally.saw(Goal::HugeOp);
    }

    /// A cashier takes a payment; anything may happen between the two media.
    pub(super) fn pay(&mut self, at: usize, draft: Draft) {
        if self.machines[at].disk_fails(self.now) {
            self.machines[at].draft = Some(draft);
            return;
        }
        if !self.calm && self.happens(Fault::DiskFull) {
            // Refused before the money is taken: the cart waits.
            self.machines[at].draft = Some(draft);
            return;
        }
        self.put(at, draft.op_id, &draft.what, false);
        let behind = self.machines[at].clock.is_behind_its_day(self.now);
        if behind {
            self.tally.saw(Goal::ClockBackwards);
        }
        if !self.calm && self.happens(Fault::KillBetweenMedia) {
            return self.crash_between_media(at, draft);
        }
        let wait = self.machines[at].disk_ms(self.now);
        if wait > 1 {
            self.machines[at].frozen_until = self.now + wait;
        }
        self.tell(at, Event::OpVaulted);
    }

    fn crash_between_media(&mut self, at: usize, draft: Draft) {
        let drawn = self.span(Fault::KillBetweenMedia, 3);
        let segments = self.machines[at].disk.segments.last_mut();
        if let Some(segment) = segments {
            if drawn == 0 {
                // Neither had it.
                segment.ops.pop();
            } else if let Some(kept) = segment.ops.last_mut() {
                if drawn == 1 {
                    kept.vault = Mark::Missing;
                } else if drawn == 2 {
                    kept.journal = Mark::Missing;
                }
            }
        }
        self.machines[at].draft = Some(Draft {
            crashed: true,
            ..draft
        });
        self.start(at);
    }

    /// A cart that was not finished is paid again: the same op, whether it is there already or not.
    pub(in crate::world) fn pay_again(&mut self, at: usize) {
        let Some(draft) = self.machines[at].draft.take() else {
            return;
        };
        let there = self.machines[at]
            .disk
            .ops()
            .rev()
            .any(|kept| kept.op.op_id == draft.op_id);
        if draft.crashed && there {
            self.tally.saw(Goal::PaidAgain);
            return;
        }
        if !draft.crashed {
            self.tally.saw(Goal::DiskFull);
        }
        self.pay(at, draft);
    }

    pub(super) fn draft(&mut self, at: usize, what: What) -> Draft {
        Draft {
            op_id: self.new_op(at, &what),
            what,
            crashed: false,
        }
    }

    /// Seals an op and puts it on both media.
    pub(super) fn put(&mut self, at: usize, op_id: Uuid, what: &What, huge: bool) {
        let now = self.now;
        let machine = &mut self.machines[at];
        let wall = u64::try_from(machine.clock.wall(now)).unwrap_or(0);
        machine.disk.clock = wall.max(machine.disk.clock + 1);
        let hlc_ms = machine.disk.clock;
        let (mut body, base) = body_of(what);
        if huge && let OpBody::StockMovedV1(moved) = &mut body {
            pad(moved);
        }
        let mut kind = body.kind();
        let draft = OpDraft {
            op_id,
            actor: Actor {
                operator: bodies::OPERATOR,
                session: None,
            },
            shift: None,
            business_date: "2026-11-20".to_owned(),
            after: Vec::new(),
            base,
            body,
        };
        let seal = Seal {
            identity: machine.who.identity,
            hlc: Hlc {
                ms: hlc_ms,
                counter: 0,
            },
            wall_ms: machine.clock.wall(now),
            mono_ms: machine.clock.mono(now),
            clock_err_ms: None,
            app: "0".to_owned(),
        };
        let sealed = draft.seal(&seal);
        let Ok(mut bytes) = sealed else {
            panic!("an op within the caps is sealed")
        };
        if matches!(what, What::Unknown { .. }) {
            kind = "stock_moved_v9";
            bytes = String::from_utf8_lossy(&bytes)
                .replace("stock_moved_v1", kind)
                .into_bytes();
        }
        let fact = Fact {
            what: what.clone(),
            kind,
            till: machine.who.till,
            hlc_ms,
            hash: op_hash(&bytes),
        };
        let genesis = machine.who.genesis();
        machine.disk.put(genesis, op_id, bytes);
        self.facts.insert(op_id, fact);
        self.ops += 1;
    }
}

fn pad(moved: &mut StockMovedV1) {
    for movement in &mut moved.movements {
        *movement = MovementV1 {
            reason: Some("x".repeat(HUGE)),
            ..movement.clone()
        };
    }
}

/// The body of an op, and the versions it was made on.
fn body_of(what: &What) -> (OpBody, Vec<Base>) {
    let body = match what {
        What::Sale {
            sale,
            product,
            milli,
        } => bodies::sale(*sale, *product, milli / 1_000),
        What::Refund {
            refund,
            of,
            product,
            milli,
        } => bodies::refund(*refund, *of, *product, milli / 1_000),
        What::Restock { product, milli } => bodies::moved(*product, MovementKind::Restock, *milli),
        What::Unknown { product } => bodies::restock(*product, 1),
        What::Count {
            product,
            milli,
            seen,
        } => bodies::counted(*product, *milli, *seen),
        What::Settle {
            conflict,
            version,
            decision,
        } => bodies::settled(*conflict, *version, *decision),
        What::Edit {
            product,
            groups,
            price_only: true,
            ..
        } => {
            let price = groups.first().map_or(0, |group| group.2);
            return (bodies::priced(*product, price), bases(*product, groups));
        }
        What::Edit {
            product,
            created,
            groups,
            ..
        } => {
            let says = |wanted| {
                groups
                    .iter()
                    .find(|one| one.0 == wanted)
                    .map_or(0, |one| one.2)
            };
            let name = says(FieldGroup::Names).to_string();
            let mut edited = bodies::edited(*product, &name, says(FieldGroup::Price));
            edited.created = *created;
            let bases = if *created {
                Vec::new()
            } else {
                bases(*product, groups)
            };
            return (OpBody::ProductEditedV1(edited), bases);
        }
    };
    (body, Vec::new())
}

fn bases(product: Uuid, groups: &[(FieldGroup, u64, i64)]) -> Vec<Base> {
    let bases = groups.iter().map(|(group, version, _)| Base {
        entity: format!("product:{product}"),
        group: group.as_str().to_owned(),
        version: *version,
    });
    bases.collect()
}
