//! What must be true when everything is healed, and what a till's own words must be at any time.

use std::collections::BTreeMap;

use protocol::ids::SegmentId;
use protocol::pull::PullScope;
use protocol::wire::CloudHead;
use sync::till::Event;
use uuid::Uuid;

use crate::world::facts::What;
use crate::world::names::Goal;
use crate::world::scene::Scene;

/// After healing the world has so long to converge, milliseconds, and a millisecond more an op.
const CONVERGES_WITHIN_MS: u64 = 10 * 60_000;
/// How often it is looked whether it has.
const LOOK_EVERY_MS: u64 = 30_000;
/// What a till keeps in memory of one conflict with the cloud, at most so many.
const MOST_SEGMENTS: usize = 2_000;

impl Scene {
    /// Stops every fault, runs until everything is in the cloud and on every till's screen, and checks.
    pub(in crate::world) fn heal_and_check(&mut self) {
        self.heal();
        let end = self.now + CONVERGES_WITHIN_MS + self.ops;
        while self.now < end && !(self.waits().is_none() && self.stale().is_none()) {
            self.run_until(self.now + LOOK_EVERY_MS);
        }
        if let Some(words) = self.waits().or_else(|| self.stale()) {
            panic!("ten minutes after everything was healed {words}");
        }
        self.every_survivor_is_counted();
        self.stock_is_shown();
    }

    fn heal(&mut self) {
        self.calm = true;
        self.say(|| "everything is healed".to_owned());
        let cloud = &mut self.cloud;
        (cloud.down_until, cloud.pool_until) = (0, 0);
        cloud.doomed = None;
        if cloud.rewound {
            // Nobody's till had noticed; the people who run it say so.
            cloud.begin_epoch();
            self.restored();
        }
        self.upgrade();
        for at in 0..self.machines.len() {
            self.machines[at].heal(self.now);
            self.machines[at].other_version = false;
            self.pay_again(at);
            let till = self.machines[at].who.till;
            let key = self.cloud.keys.get(&till);
            if key.is_none_or(|key| key.revoked) {
                if key.is_some() {
                    self.salvage(at);
                }
                self.enrols(at);
            }
            // Whatever has rotted is found now, and whoever paused lets it go on.
            let seen = self.machines[at].disk.reconcile();
            let slept = self.machines[at].clock.wake(self.now);
            if slept || seen.contains(&Goal::Mended) || self.machines[at].second.is_some() {
                self.start(at);
            }
            self.tell(at, Event::Resumed);
        }
    }

    /// A till that has something still to send, in words.
    fn waits(&self) -> Option<String> {
        let mut machines = self.machines.iter().enumerate();
        machines.find_map(|(at, machine)| {
            let key = self.cloud.keys.get(&machine.who.till)?;
            let heads = self.cloud.heads_of(key, 0);
            let left = machine.disk.beyond(&heads, usize::MAX);
            let left: usize = left.iter().map(|stretch| stretch.ops.len()).sum();
            (left > 0).then(|| {
                format!(
                    "machine {at} has {left} ops to send: {:?}",
                    machine.engine.view()
                )
            })
        })
    }

    /// A till that does not hold what the cloud would give it, in words: rows, and how far its stock counts each
    /// segment. The second moves without the first when an op is parked (poison, an unknown kind): its head moves,
    /// no row does. Until that is fetched the till rightly shows the movement on top of the row, as its own.
    fn stale(&self) -> Option<String> {
        let mut machines = self.machines.iter().enumerate();
        machines.find_map(|(at, machine)| {
            let tables = &self.cloud.of(machine.who.till);
            let counted = &machine.disk.shelf.included;
            let heads = tables.heads.iter().map(|(id, (head, _))| (id, head.seq));
            if !counted.iter().map(|(id, seq)| (id, *seq)).eq(heads) {
                return Some(format!(
                    "machine {at} holds stock of {counted:?}, the cloud of {:?}: {:?}",
                    tables.heads,
                    machine.engine.view()
                ));
            }
            let mut scopes = PullScope::ALL.into_iter();
            scopes.find_map(|scope| {
                let mine = machine.disk.shelf.scope(scope);
                let of = tables.rows.digest(scope);
                let held = mine.digest() == of && mine.seen.0 == Some(self.cloud.epoch());
                (!held).then(|| {
                    let rows = mine.published.len();
                    let there = tables.rows.live(scope).count();
                    format!(
                        "machine {at} holds {rows} rows of {scope:?}, the cloud {there}: {:?}",
                        machine.engine.view()
                    )
                })
            })
        })
    }

    /// Every op on a disk is in the cloud once, with the bytes that were sealed; and nothing else is.
    fn every_survivor_is_counted(&self) {
        for machine in &self.machines {
            let tables = self.cloud.of(machine.who.till);
            assert!(
                machine.disk.segments.len() < MOST_SEGMENTS,
                "memory is bounded"
            );
            for kept in machine.disk.ops() {
                let first = tables.first.get(&kept.op.op_id);
                assert!(
                    first.is_some_and(|first| first.row.bytes == kept.op.bytes),
                    "op {} at {} {} of machine {} is not in the cloud as it was sealed",
                    kept.op.op_id,
                    kept.op.segment,
                    kept.op.seq,
                    machine.number
                );
            }
        }
        for tables in self.cloud.tenants.values() {
            let mut stock: BTreeMap<Uuid, i64> = BTreeMap::new();
            for (product, rows) in &tables.ledger {
                let sum = rows.iter().map(|(_, row)| row.delta_milli).sum();
                stock.insert(*product, sum);
            }
            for (product, level) in &tables.stock {
                let sum = stock.get(product).copied().unwrap_or(0);
                assert_eq!(
                    level.on_hand_milli, sum,
                    "stock is the sum of its movements"
                );
            }
            for row in tables.quarantine.values() {
                let kept_aside = tables.aside.contains_key(&(row.op_id, row.op_hash));
                assert!(
                    kept_aside || tables.first.contains_key(&row.op_id),
                    "op {} was pushed, and is nowhere",
                    row.op_id
                );
                let holds = |kept: &crate::world::disk::Kept| kept.op.op_id == row.op_id;
                let on_a_disk =
                    kept_aside && self.machines.iter().any(|one| one.disk.ops().any(holds));
                assert!(
                    !on_a_disk || tables.first.contains_key(&row.op_id),
                    "op {} lies aside although its till holds it",
                    row.op_id
                );
            }
        }
    }

    /// With everything in the cloud, what is on a till's screen is what the cloud says.
    fn stock_is_shown(&self) {
        for (at, machine) in self.machines.iter().enumerate() {
            let tables = self.cloud.of(machine.who.till);
            for (product, level) in &tables.stock {
                assert_eq!(
                    self.on_screen(at, *product),
                    level.on_hand_milli,
                    "stock of {product} on the screen of machine {at}"
                );
            }
        }
    }

    /// Stock on a till's screen: the cloud's row and what this disk did that is not in it.
    pub(in crate::world) fn on_screen(&self, at: usize, product: Uuid) -> i64 {
        let machine = &self.machines[at];
        let shelf = &machine.disk.shelf;
        let row = shelf.scope(PullScope::Stock).published.get(&product);
        let row = row
            .and_then(|(_, figures)| figures.first().copied())
            .unwrap_or(0);
        let mut beyond = 0;
        for segment in &machine.disk.segments {
            let included = shelf.included.get(&segment.id).map_or(0, |seq| seq + 1);
            let skip = included.saturating_sub(segment.first_seq);
            let skip = usize::try_from(skip)
                .unwrap_or(usize::MAX)
                .min(segment.ops.len());
            for kept in segment.ops[skip..].iter().filter(|kept| !kept.is_lost()) {
                beyond += self
                    .facts
                    .get(&kept.op.op_id)
                    .map_or(0, |fact| moves(&fact.what, product));
            }
        }
        row + beyond
    }

    /// A scope was published: what is on the screen of a till that was never copied or put back is what the cloud
    /// had at that page and what this till did since.
    pub(in crate::world) fn published(&mut self, at: usize, scope: PullScope) {
        let machine = &self.machines[at];
        let (epoch, watermark) = machine.disk.shelf.scope(scope).seen;
        let now = epoch == Some(self.cloud.epoch()) && !self.cloud.rewound;
        if scope != PullScope::Stock || !machine.straight || !now {
            return;
        }
        let tables = self.cloud.of(machine.who.till);
        let rows = &machine.disk.shelf.scope(PullScope::Stock).published;
        for (product, (_, figures)) in rows {
            let own = machine.disk.ops().rev().take(400).filter_map(|kept| {
                let first = tables.first.get(&kept.op.op_id);
                let contained = first.is_some_and(|first| first.rv <= watermark);
                let fact = self.facts.get(&kept.op.op_id).filter(|_| !contained)?;
                Some(moves(&fact.what, *product))
            });
            let known: i64 = figures.first().copied().unwrap_or(0) + own.sum::<i64>();
            if machine
                .disk
                .beyond_is_short(&machine.disk.shelf.included, 400)
            {
                assert_eq!(
                    self.on_screen(at, *product),
                    known,
                    "stock of {product} on the screen of machine {at}: each own movement once"
                );
            }
        }
    }

    /// What a till believes to be in the cloud is there.
    pub(in crate::world) fn claims_are_true(&self, at: usize, epoch: Uuid, heads: &[CloudHead]) {
        if epoch != self.cloud.epoch() || self.cloud.rewound {
            return;
        }
        let tables = self.cloud.of(self.machines[at].who.till);
        let there =
            |id: &SegmentId, seq: u64| tables.log.get(&(*id, seq)).map(|logged| logged.row.chain);
        for head in heads {
            assert_eq!(
                there(&head.segment, head.seq),
                Some(head.chain),
                "machine {at} believes that op {} of {} is in the cloud",
                head.seq,
                head.segment
            );
            assert!(head.secured <= head.seq, "only what is recorded is secured");
        }
    }
}

/// Thousandths by which an op moves a product, as far as its till knows. A count is the cloud's to weigh.
fn moves(what: &What, product: Uuid) -> i64 {
    let (of, milli) = match what {
        What::Sale { product, milli, .. } => (*product, -milli),
        What::Refund { product, milli, .. } | What::Restock { product, milli } => {
            (*product, *milli)
        }
        What::Count { .. } | What::Edit { .. } | What::Settle { .. } | What::Unknown { .. } => {
            return 0;
        }
    };
    if of == product { milli } else { 0 }
}
