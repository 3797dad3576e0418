//! An upgraded cloud judges again what it had to park, in the order of the log.

use protocol::outcome::Outcome;
use sync::effects::Effects;
use sync::ingest::{ParkedOp, Unparking, unpark};
use uuid::Uuid;

use super::CloudSide;
use super::load::Load;
use super::tables::Tables;
use crate::world::check::{At, Expected, known};
use crate::world::facts::Facts;
use crate::world::names::{Goal, Tally};

impl CloudSide {
    /// The newer program starts.
    pub fn upgrade(&mut self, facts: &Facts, tally: &mut Tally) {
        self.unknown.clear();
        let epoch = self.epoch();
        let tenants: Vec<Uuid> = self.tenants.keys().copied().collect();
        for tenant in tenants {
            let tables = &self.tenants[&tenant];
            let parked = tables.first.values().filter(|one| {
                one.row.outcome == Outcome::Parked && !tables.unparked.contains_key(&one.row.op_id)
            });
            let mut parked: Vec<_> = parked.cloned().collect();
            parked.sort_by_key(|one| one.rv);
            for one in parked {
                let op = ParkedOp {
                    segment: one.row.segment,
                    seq: one.row.seq,
                    chain: one.row.chain,
                    code: one
                        .row
                        .code
                        .unwrap_or(protocol::outcome::OutcomeCode::UnknownType),
                    bytes: one.row.bytes.clone(),
                };
                self.judge_again(&op, (one.row.till, one.row.op_id), epoch, facts, tally);
            }
        }
    }

    fn judge_again(
        &mut self,
        op: &ParkedOp,
        (till, op_id): (Uuid, Uuid),
        epoch: Uuid,
        facts: &Facts,
        tally: &mut Tally,
    ) {
        let Some(key) = self.keys.get(&till).copied() else {
            return;
        };
        let tables = self.tenants.entry(key.tenant).or_default();
        let how = Load {
            epoch,
            key: &key,
            batch: None,
        };
        let state = tables.load_all(&op.needs(&key), how);
        let poisoned = self.poisons.contains(&op_id);
        match unpark(&state, op, &key, 1) {
            // Its effects are refused again: it stays what it is.
            Unparking::Judged(writes)
                if poisoned && writes.ops[0].effects != Effects::default() => {}
            Unparking::Stays(writes) => {
                assert!(writes.ops.is_empty(), "what stays parked changes nothing");
            }
            Unparking::Judged(writes) => {
                tally.saw(Goal::Unparked);
                let rv = tables.rv;
                tables.rv += 1;
                let row = &writes.ops[0];
                tables
                    .unparked
                    .insert(op_id, (row.outcome, row.code, row.conflict));
                foretold(tables, op_id, (row.code, rv + 1), epoch, facts);
                tables.apply_rest(&writes, &key, rv);
                let held: i64 = tables.stock.values().map(|level| level.on_hand_milli).sum();
                let told: i64 = tables
                    .stock
                    .keys()
                    .map(|id| tables.reference.on_hand(*id))
                    .sum();
                assert_eq!(held, told, "an op that is judged after all counts once");
            }
        }
    }
}

/// The second opinion judges it as well.
fn foretold(
    tables: &mut Tables,
    op_id: Uuid,
    (code, rv): (Option<protocol::outcome::OutcomeCode>, u64),
    epoch: Uuid,
    facts: &Facts,
) {
    let fact = &facts[&op_id];
    let conflict = known(tables, fact, false);
    let at = At {
        op_id,
        rv,
        epoch,
        facts,
        poisoned: false,
        unknown: false,
        conflict,
    };
    let expected = tables.reference.judge(fact, at);
    assert_eq!(
        expected,
        Expected::Code(code),
        "op {op_id}, judged after an upgrade"
    );
    tables.reference.release(op_id);
}
