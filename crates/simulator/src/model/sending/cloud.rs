//! How the cloud takes a run.

use std::collections::BTreeSet;

use super::state::{Cloud, Message, Op, Variant};

impl Cloud {
    /// Records what fits, keeps what contradicts, and says how far it is.
    pub(super) fn take(&mut self, variant: Variant, run: &[Op], net: &mut BTreeSet<Message>) {
        let Some(first) = run.first() else { return };
        let segment = first.segment;
        if variant.counts_only() {
            self.take_by_watermark(run);
        } else if !self.take_by_hash(variant, run, net) {
            return;
        }
        if let Some(head) = self.log.get(&segment).and_then(|log| log.last()) {
            let head = head.seq;
            net.insert(Message::Ack { segment, head });
        }
    }

    /// "At or below the watermark, so it was processed already."
    fn take_by_watermark(&mut self, run: &[Op]) {
        for op in run {
            let log = self.log.entry(op.segment).or_default();
            if let Some(last) = log.last() {
                if op.seq <= last.seq {
                    continue;
                }
                if op.seq > last.seq + 1 {
                    break;
                }
            }
            log.push(*op);
            *self.counted.entry(op.id).or_default() += 1;
        }
    }

    /// `false`: the run stopped and there is no head to tell.
    fn take_by_hash(&mut self, variant: Variant, run: &[Op], net: &mut BTreeSet<Message>) -> bool {
        for (at, op) in run.iter().enumerate() {
            if let Some(known) = self.recorded(*op) {
                if known == *op {
                    continue;
                }
                self.keep(match variant {
                    Variant::NoQuarantine => &[],
                    Variant::QuarantineFirst => &run[at..=at],
                    Variant::Right
                    | Variant::WatermarkOnly
                    | Variant::DeleteOnAck
                    | Variant::AcceptGap
                    | Variant::IntegerEpoch => &run[at..],
                });
                net.insert(Message::Fork {
                    segment: op.segment,
                    at: op.seq,
                });
                return false;
            }
            if !self.follows(*op) && variant != Variant::AcceptGap {
                let parent_kept = self.quarantine.iter().any(|kept| kept.id == op.prev);
                if parent_kept && variant != Variant::NoQuarantine {
                    // A child of what lies in quarantine must not wait for ever.
                    self.keep(&run[at..]);
                    return false;
                }
                break;
            }
            self.log.entry(op.segment).or_default().push(*op);
            self.counted.entry(op.id).or_insert(1);
            self.quarantine.retain(|kept| kept.id != op.id);
        }
        true
    }

    fn recorded(&self, op: Op) -> Option<Op> {
        let log = self.log.get(&op.segment)?;
        log.iter().find(|known| known.seq == op.seq).copied()
    }

    /// Whether the op goes on from the head, or begins a segment whose parent is recorded.
    fn follows(&self, op: Op) -> bool {
        let head = self.log.get(&op.segment).and_then(|log| log.last());
        if let Some(head) = head {
            return op.seq == head.seq + 1 && op.prev == head.id;
        }
        let parents = self.log.get(&op.prev_segment);
        op.prev == 0 || parents.is_some_and(|log| log.iter().any(|known| known.id == op.prev))
    }

    fn keep(&mut self, ops: &[Op]) {
        for op in ops {
            if !self.counted.contains_key(&op.id) {
                self.quarantine.insert(*op);
            }
        }
    }
}
