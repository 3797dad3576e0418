//! What cannot be applied, and what contradicts an op id: kept, told, and waited for.

use std::collections::BTreeMap;

use protocol::conflict::{ConflictKind, ConflictSide};
use protocol::ids::OpHash;
use protocol::outcome::OutcomeCode;
use serde_json::json;
use uuid::Uuid;

use super::super::book::{Book, conflict_id};
use super::super::known::ConflictNow;
use super::Verdict;
use crate::effects::{Effects, OpRead, read_op};

/// No entity that an op of ours can wait for has a longer name; what a stranger touches may be of
/// any length, and an index takes no row of any length.
const LONGEST_ENTITY: usize = 200;

impl Book<'_> {
    /// A dead letter: recorded, not applied, and shown to a person. What depends on it waits.
    pub(in crate::ingest) fn park(&mut self, op: &OpRead, code: OutcomeCode) -> Verdict {
        let op_id = op.op_id();
        let ours = |entity: &&String| entity.len() <= LONGEST_ENTITY;
        for entity in op.touches().iter().filter(ours) {
            let waiting = self.state.waiting.entry(entity.clone()).or_default();
            waiting.insert(op_id);
            self.writes.parked.insert((entity.clone(), op_id));
        }
        let kind = ConflictKind::Parked;
        let id = conflict_id(kind, self.key, &[op_id.as_bytes()]);
        let row = ConflictNow {
            code: Some(code),
            title: Some(op.kind().chars().take(100).collect()),
            mine: Some(self.told_by(op)),
            ..self.row(kind, format!("op:{op_id}"), op_id)
        };
        self.open(id, row);
        Verdict::told(code, id, Effects::default())
    }

    /// One op id with two byte strings: the first one counts, both are kept, a person looks.
    pub(super) fn op_id_reused(&mut self, op: &OpRead, bytes: &[u8], hash: OpHash) -> Uuid {
        let op_id = op.op_id();
        let kind = ConflictKind::OpIdReused;
        let parts = [op_id.as_bytes().as_slice(), hash.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        let first = self
            .bytes_of(op_id)
            .map(|first| self.told_by(&read_op(&first)));
        let row = ConflictNow {
            code: Some(OutcomeCode::OpIdReused),
            title: Some(op.kind().chars().take(100).collect()),
            mine: Some(self.told_by(&read_op(bytes))),
            theirs: first,
            ..self.row(kind, format!("op:{op_id}"), op_id)
        };
        self.open(id, row);
        id
    }

    /// What an op says of itself, as far as it can be read.
    pub(in crate::ingest) fn told_by(&self, op: &OpRead) -> ConflictSide {
        let fields = BTreeMap::from([("type".to_owned(), json!(op.kind()))]);
        match op {
            OpRead::Whole(envelope) => self.told_by_whole(envelope),
            OpRead::HeadOnly { head, .. } => ConflictSide {
                till: Some(self.key.till),
                at_ms: Some(head.wall_ms),
                fields,
                ..ConflictSide::default()
            },
            OpRead::Nothing { .. } => ConflictSide {
                till: Some(self.key.till),
                fields,
                ..ConflictSide::default()
            },
        }
    }

    /// The bytes of an op's first record: of this batch, or loaded.
    pub(super) fn bytes_of(&self, op_id: Uuid) -> Option<Vec<u8>> {
        let here = self.writes.ops.iter();
        let here = here.filter(|row| !row.dup).find(|row| row.op_id == op_id);
        here.map(|row| row.bytes.clone())
            .or_else(|| self.state.op_bytes.get(&op_id).cloned())
    }
}
