//! Where till and cloud still agree, and putting what lies beyond under a fresh segment.

use protocol::SegmentId;
use protocol::body::IncidentKind;
use protocol::stream::Parent;
use vault::{outbox, places, record_incident};

use super::super::drive::Drive;
use super::Stop;
use crate::till::Till;

/// The last op that both sides hold, and which of this till's segments goes on differently.
struct Agreed {
    /// `None`: nothing at all is shared.
    base: Option<Parent>,
    /// The first own segment with ops beyond it.
    segment: SegmentId,
    /// Its last place that stays.
    after: u64,
}

impl Drive {
    /// Puts this till's ops beyond the last shared one under a fresh segment; bytes and ids stay.
    pub(in super::super) fn part_from(
        &mut self,
        till: &Till,
        segment: SegmentId,
    ) -> Result<(), Stop> {
        let agreed = self.last_shared(till, segment)?;
        let told = till.vault.transact(move |tx| {
            let moved = places::reenvelope(tx, agreed.base, agreed.segment, agreed.after)?;
            let Some(moved) = moved else {
                return Ok(());
            };
            let words = format!(
                "this till's stream was continued in two places: {} ops beyond the last shared one were put under segment {}",
                moved.ops, moved.segment
            );
            record_incident(tx, IncidentKind::Cloned, words, Vec::new())
        });
        told?;
        till.tell_status();
        Ok(())
    }

    /// From the disagreement back through parents until both hold the same.
    fn last_shared(&mut self, till: &Till, segment: SegmentId) -> Result<Agreed, Stop> {
        let mut at = segment;
        let mut upto = u64::MAX;
        // What would have to move if the segment looked at is shared up to where the child hangs.
        let mut child: Option<(SegmentId, u64)> = None;
        loop {
            let start = till
                .vault
                .read(|reader| outbox::segment_start(reader, at))?;
            let Some(start) = start else {
                return Err(Stop::Person(format!(
                    "segment {at} of this till is not in its vault: call support, selling goes on"
                )));
            };
            if let Some(base) = self.shared_in(till, at, upto)? {
                let (segment, after) = match child {
                    Some(child) if base.seq == upto => child,
                    Some(_) | None => (at, base.seq),
                };
                return Ok(Agreed {
                    base: Some(base),
                    segment,
                    after,
                });
            }
            let Some(parent) = start.parent else {
                return Ok(Agreed {
                    base: None,
                    segment: at,
                    after: start.first_seq - 1,
                });
            };
            child = Some((at, start.first_seq - 1));
            (at, upto) = (parent.segment, parent.seq);
        }
    }

    /// The last place of a segment, at most `upto`, where both hold the same chain.
    fn shared_in(
        &mut self,
        till: &Till,
        segment: SegmentId,
        upto: u64,
    ) -> Result<Option<Parent>, Stop> {
        let head = self
            .last_heads()
            .iter()
            .find(|head| head.segment == segment);
        let Some(head) = head.copied() else {
            return Ok(None);
        };
        let known = till
            .vault
            .read(|reader| outbox::cloud_head(reader, segment))?
            .filter(|known| known.seq <= head.seq.min(upto));
        // What was once told to be shared is where to look first; if it is not any more, all of it.
        if let Some(known) = known {
            let shared = self.shared_from(till, segment, known.seq, upto)?;
            if shared.is_some() {
                return Ok(shared);
            }
        }
        self.shared_from(till, segment, 0, upto)
    }

    /// The last shared place from one on, page by page up to the first that differs.
    fn shared_from(
        &mut self,
        till: &Till,
        segment: SegmentId,
        mut from: u64,
        upto: u64,
    ) -> Result<Option<Parent>, Stop> {
        let mut shared = None;
        loop {
            let page = self.page(till, segment, from)?;
            for item in page.items.iter().filter(|item| item.seq <= upto) {
                let own = till
                    .vault
                    .read(|reader| places::chain_at(reader, segment, item.seq))?;
                if own != Some(item.chain) {
                    return Ok(shared);
                }
                shared = Some(Parent {
                    segment,
                    seq: item.seq,
                    chain: item.chain,
                });
            }
            match page.items.last() {
                Some(last) if page.more && last.seq < upto => from = last.seq + 1,
                Some(_) | None => return Ok(shared),
            }
        }
    }
}
