//! Whether what the cloud holds beyond this vault was made by this till, before an old backup was
//! put back, or by another copy of it that is alive.
//!
//! The streams look the same: two segments behind one op. What tells them apart is who goes on. A
//! till that was put back to an older day had made all of it before it made anything new; a copy
//! makes its ops at the same time. No answer loses anything: what is taken for a copy's stays in the
//! cloud, what is taken for this till's is shown here as fetched back.

use protocol::body::IncidentKind;
use protocol::op::EnvelopeHead;
use protocol::wire::OpsPage;
use vault::{places, record_incident};

use super::super::drive::Drive;
use super::Stop;
use super::tail::Missing;
use crate::till::Till;

impl Drive {
    /// Whether another copy made it. If so, it is kept as that copy's and head office is told, once.
    pub(super) fn is_another_copy(
        &mut self,
        till: &Till,
        missing: &[Missing],
    ) -> Result<bool, Stop> {
        if !self.another_lives(till, missing)? {
            return Ok(false);
        }
        let segments: Vec<_> = missing.iter().map(|one| one.head.segment).collect();
        till.vault.transact(move |tx| {
            if places::mark_strangers(tx, &segments)? {
                let words = "a copy of this till is in use elsewhere: both go on selling and nothing is mixed; enrol the second one as a till of its own";
                record_incident(tx, IncidentKind::Cloned, words.to_owned(), Vec::new())?;
            }
            Ok(())
        })?;
        till.tell_status();
        Ok(true)
    }

    fn another_lives(&mut self, till: &Till, missing: &[Missing]) -> Result<bool, Stop> {
        if self.agreed_before() {
            // All of it was made while this program ran: it was not this program.
            return Ok(true);
        }
        let mut newest = i64::MIN;
        for one in missing {
            let last = self.page(till, one.head.segment, one.head.seq)?;
            newest = newest.max(made_at_ms(&last).unwrap_or(i64::MIN));
        }
        let mut hangs_nowhere = false;
        for one in missing {
            let (Some(prev), Some(item)) = (one.prev(till)?, one.first.items.first()) else {
                hangs_nowhere = true;
                continue;
            };
            let (before, beside) = till.vault.read(|reader| {
                let before = places::at_seq(reader, item.seq.saturating_sub(1))?;
                let beside = places::after_chain(reader, &prev, item.seq)?;
                Ok((before, beside))
            })?;
            let forked_from = before.iter().find(|place| place.chain == prev);
            for own in beside {
                // The same run of the program wrote both: it was never put back in between.
                let ran_on = forked_from.is_some_and(|place| place.segment == own.segment)
                    && own.segment != one.head.segment;
                if ran_on || own.recorded_at_ms < newest {
                    return Ok(true);
                }
            }
        }
        let known = till.vault.read(places::any_stranger)?;
        Ok(hangs_nowhere && known)
    }
}

/// When the last op of a page was made, as its till believed.
fn made_at_ms(page: &OpsPage) -> Option<i64> {
    let last = page.items.last()?;
    let head = EnvelopeHead::read(last.op.get().as_bytes()).ok()?;
    Some(head.wall_ms)
}
