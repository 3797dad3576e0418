//! Fetching back what this till once made and this vault lacks: an old backup was put back.

use protocol::body::IncidentKind;
use protocol::wire::{CloudHead, OpsPage};
use protocol::{ChainHash, SegmentId};
use vault::{outbox, places, record_incident};

use super::super::drive::Drive;
use super::super::store;
use super::{Stop, linked};
use crate::till::Till;

/// A segment of which the cloud holds more than this vault.
pub(super) struct Missing {
    pub(super) head: CloudHead,
    /// The first place that is missing here; 0: from its beginning, wherever that is.
    pub(super) from: u64,
    /// What the cloud holds from there on.
    pub(super) first: OpsPage,
}

/// What a look at the cloud's heads found.
enum Found {
    /// What lies beyond this vault.
    Missing(Vec<Missing>),
    /// Own ops of this segment stand where the cloud holds others: a machine was resumed from a
    /// snapshot of itself. Unless they part, ops below the cloud's head would wait for ever.
    Forked(SegmentId),
}

impl Missing {
    /// The chain before the first missing op, if this vault holds what it follows.
    pub(super) fn prev(&self, till: &Till) -> Result<Option<ChainHash>, Stop> {
        let Some(item) = self.first.items.first() else {
            return Ok(None);
        };
        let identity = till.identity()?;
        let before = item.seq.saturating_sub(1);
        let places = till.vault.read(|reader| places::at_seq(reader, before))?;
        let genesis = (item.seq == 1).then(|| identity.genesis());
        let chains = places.into_iter().map(|place| place.chain).chain(genesis);
        let page = OpsPage {
            items: vec![item.clone()],
            more: false,
        };
        let mut fits = chains.filter(|chain| linked(&page, self.head.segment, *chain).is_some());
        Ok(fits.next())
    }
}

impl Drive {
    /// Fetches everything that the cloud's heads show and this vault lacks.
    pub(in super::super) fn fetch_tail(&mut self, till: &Till) -> Result<(), Stop> {
        let mut missing = match self.find_missing(till)? {
            Found::Missing(missing) => missing,
            // Before anything is taken for a copy's: this segment is our own, up to where it parts.
            Found::Forked(segment) => return self.part_from(till, segment),
        };
        if missing.is_empty() || self.is_another_copy(till, &missing)? {
            return Ok(());
        }
        let mut back = 0;
        while !missing.is_empty() {
            let mut later = Vec::new();
            let before = missing.len();
            let mut left = before;
            for one in missing {
                match one.prev(till)? {
                    None => later.push(one),
                    Some(prev) => {
                        left -= 1;
                        self.bring_back(till, &one, prev, left == 0, &mut back)?;
                    }
                }
            }
            if later.len() == before {
                return Err(Stop::Person(format!(
                    "the cloud holds ops of this till (segment {}) that follow none it knows: call support, selling goes on",
                    later
                        .first()
                        .map_or_else(String::new, |one| one.head.segment.to_string())
                )));
            }
            missing = later;
        }
        Ok(())
    }

    /// Heads beyond this vault, each with its first page.
    fn find_missing(&mut self, till: &Till) -> Result<Found, Stop> {
        let mut missing = Vec::new();
        for head in self.last_heads().to_vec() {
            let (held, strange, from) = till.vault.read(|reader| {
                let strange = !places::are_strangers(reader, &[head.segment])?.is_empty();
                let known = places::chain_at(reader, head.segment, head.seq)?;
                let last = places::last_in(reader, head.segment, head.seq)?;
                let doubt = strange && store::in_doubt(reader, &head, true)?.is_some();
                let held = known.is_some() || (strange && !doubt);
                Ok((held, strange, last.map_or(0, |last| last + 1)))
            })?;
            if held {
                continue;
            }
            // One op more than is missing: the last one that is here must be the same there.
            let mut first = self.page(till, head.segment, from.saturating_sub(1))?;
            if from > 0 && !first.items.is_empty() {
                let last = first.items.remove(0);
                let own = till
                    .vault
                    .read(|reader| places::chain_at(reader, head.segment, last.seq))?;
                if own != Some(last.chain) {
                    return Ok(Found::Forked(head.segment));
                }
                if strange {
                    // What another copy made behind it stays out; what lies before is held there too.
                    let shown = CloudHead {
                        seq: last.seq,
                        chain: last.chain,
                        secured: head.secured.min(last.seq),
                        ..head
                    };
                    let kept = move |tx: &mut vault::Tx<'_>| outbox::store_heads(tx, &[shown]);
                    till.vault.transact(kept)?;
                    continue;
                }
            }
            missing.push(Missing { head, from, first });
        }
        Ok(Found::Missing(missing))
    }

    /// Page by page from what is known up to the cloud's head, into the vault and its journal. With
    /// the very last page goes the word to head office, so that it is said once.
    fn bring_back(
        &mut self,
        till: &Till,
        one: &Missing,
        prev: ChainHash,
        last_segment: bool,
        back: &mut u64,
    ) -> Result<(), Stop> {
        let segment = one.head.segment;
        let (mut page, mut prev) = (one.first.clone(), prev);
        loop {
            let ops = linked(&page, segment, prev).filter(|ops| !ops.is_empty());
            let ops = ops.ok_or_else(|| unfit(segment, one.from))?;
            let end = ops.last().map_or((0, prev), |op| (op.seq, op.chain));
            let done = end.0 >= one.head.seq;
            if end.0 == one.head.seq && end.1 != one.head.chain {
                return Err(unfit(segment, end.0));
            }
            let tell = (done && last_segment).then_some(*back);
            let recovered = till.vault.transact(move |tx| {
                let recovered = places::recover(tx, &ops)?;
                if let Some(before) = tell {
                    let count = before + recovered.inserted + recovered.placed;
                    record_incident(tx, IncidentKind::Rewind, words(count), Vec::new())?;
                }
                Ok(recovered)
            })?;
            if recovered.differing > 0 {
                return Err(unfit(segment, end.0));
            }
            *back += recovered.inserted + recovered.placed;
            till.tell_status();
            if done {
                return Ok(());
            }
            prev = end.1;
            page = self.page(till, segment, end.0 + 1)?;
        }
    }
}

fn words(count: u64) -> String {
    format!(
        "the cloud held {count} ops of this till that it lacked: an old backup was put back; they were fetched"
    )
}

fn unfit(segment: SegmentId, seq: u64) -> Stop {
    Stop::Person(format!(
        "what the cloud holds of this till from op {seq} on (segment {segment}) does not fit its chain: call support, selling goes on"
    ))
}
