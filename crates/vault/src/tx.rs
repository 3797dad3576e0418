//! One transaction on the writer's thread: the only place where facts are made.
//!
//! Owns how an op gets its place, its time and its bytes. Promises that ops appended here reach
//! vault and journal together or not at all, and that the first op after every start of the program
//! begins a fresh segment.

use std::sync::Arc;

use journal::Entry;
use protocol::op::Seal;
use protocol::ports::{Clock, Entropy, new_id};
use protocol::{ChainHash, OpDraft, OpHash, Position, SegmentId, StoredOp, TillIdentity};
use rusqlite::Connection;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::head::Head;
use crate::health::Room;
use crate::keys::keyed_hash;
use crate::reads::{Reads, sealed};
use crate::record;
use crate::recover::restore::{Put, Restoring};
use crate::rows::places::{PlaceNote, Recovered};

/// What the writer needs from outside.
#[derive(Clone)]
pub(crate) struct Ports {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) room: Arc<Room>,
    pub(crate) app_version: String,
    pub(crate) segment_key: Zeroizing<[u8; 32]>,
    /// `false` only to measure what the journal costs.
    pub(crate) journal: bool,
}

/// What a transaction may change and a rollback restores.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) identity: TillIdentity,
    pub(crate) head: Head,
    /// Whether this run of the program has begun its segment.
    pub(crate) segment_begun: bool,
    /// Till clock minus cloud clock, if known.
    pub(crate) clock_err_ms: Option<i64>,
}

/// An op that is in the vault (once the transaction has been answered).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedOp {
    /// Its key in the vault: its `seq` does not say it, once two histories hold that.
    pub(crate) op_no: i64,
    /// Its identity for ever.
    pub op_id: Uuid,
    /// Its segment.
    pub segment: SegmentId,
    /// Its place in cashier order.
    pub seq: u64,
    /// The chain after it.
    pub chain: ChainHash,
    /// The hash of its bytes.
    pub op_hash: OpHash,
    /// UTC milliseconds as sealed into it.
    pub at_ms: i64,
}

/// A running transaction. Everything done through it happens whole or not at all.
pub struct Tx<'a> {
    db: &'a Connection,
    pub(crate) state: &'a mut State,
    ports: &'a Ports,
    pub(crate) entries: Vec<Entry>,
    pub(crate) head_changed: bool,
}

impl sealed::Db for Tx<'_> {
    fn db(&self) -> &Connection {
        self.db
    }
}

impl Reads for Tx<'_> {}

impl<'a> Tx<'a> {
    pub(crate) fn new(db: &'a Connection, state: &'a mut State, ports: &'a Ports) -> Self {
        Self {
            db,
            state,
            ports,
            entries: Vec::new(),
            head_changed: false,
        }
    }

    /// UTC milliseconds as the till believes.
    pub fn now_ms(&self) -> i64 {
        self.ports.clock.wall_ms()
    }

    /// A new time-ordered id.
    pub fn new_id(&self) -> Uuid {
        new_id(self.ports.clock.as_ref(), self.ports.entropy.as_ref())
    }

    /// Who this till is.
    pub fn identity(&self) -> TillIdentity {
        self.state.identity
    }

    /// What the clock was last found to be wrong by (till minus cloud); goes into every later op.
    pub fn set_clock_error_ms(&mut self, error_ms: Option<i64>) {
        self.state.clock_err_ms = error_ms;
    }

    /// Appends an op: gives it its place and time, makes its bytes once, writes it with all its
    /// effects (sale, lines, tenders, movements, tally), and hands the same bytes to the journal.
    ///
    /// # Errors
    /// [`VaultError::Refused`] if the op is too large to travel, [`VaultError::DiskFull`] if there
    /// is not even room with the reserve given up. A second op with the same id is refused by the
    /// vault's UNIQUE; use `sales::record_sale` for an answer instead of a refusal.
    pub fn append_op(
        &mut self,
        draft: impl FnOnce(&Position) -> OpDraft,
    ) -> Result<RecordedOp, VaultError> {
        self.ports.room.for_op()?;
        let goes_on = self.state.segment_begun || cfg!(mutant = "segment_continued");
        let begun = self.state.head.segment.filter(|_| goes_on);
        let position = Position {
            segment: begun.map_or_else(|| self.mint_segment(), |(_, segment)| segment),
            seq: self.state.head.seq + 1,
            prev: self.state.head.chain,
        };
        let draft = draft(&position);
        let hlc = self.state.head.hlc.tick(self.now_ms());
        let seal = Seal {
            identity: self.state.identity,
            hlc,
            wall_ms: self.now_ms(),
            mono_ms: self.ports.clock.mono_ms(),
            clock_err_ms: self.state.clock_err_ms,
            app: self.ports.app_version.clone(),
        };
        let bytes = draft.seal(&seal)?;
        let op = StoredOp::at(&position, draft.op_id, bytes);
        if begun.is_none() {
            self.begin_segment(position.segment)?;
        }
        let head = &mut self.state.head;
        head.seq = position.seq;
        head.chain = op.chain;
        head.hlc = hlc;
        head.count(Some(&draft.body));
        self.head_changed = true;
        let segment_no = head.segment.map_or(0, |(no, _)| no);
        let placed = record::Placed {
            op_no: record::free_op_no(self.db, op.seq)?,
            segment_no,
            sales_in_segment: head.sales_in_segment,
            at_ms: seal.wall_ms,
        };
        record::insert(self.db, &placed, &op, Some(&draft.body), true)?;
        let recorded = RecordedOp {
            op_no: placed.op_no,
            op_id: op.op_id,
            segment: op.segment,
            seq: op.seq,
            chain: op.chain,
            op_hash: op.op_hash(),
            at_ms: seal.wall_ms,
        };
        self.entries.push(Entry::Op(op));
        Ok(recorded)
    }

    /// Keeps a named piece of JSON in the journal too, so that a vault can be rebuilt from it alone.
    pub(crate) fn note(&mut self, name: &str, json: &str) {
        self.entries.push(Entry::Note {
            name: name.to_owned(),
            json: json.to_owned(),
        });
    }

    pub(crate) fn room(&self) -> &Room {
        &self.ports.room
    }

    /// Makes the places of notes and tells the journal. If the till's last op was among those that
    /// moved, the next one goes on behind them.
    pub(crate) fn put_under(
        &mut self,
        parts: Vec<PlaceNote>,
        left: &[i64],
    ) -> Result<(), VaultError> {
        let mut end = None;
        for part in parts {
            end = Some((part.segment, part.apply(self.db)?));
            self.note(&part.name(), &part.json()?);
        }
        let Some((segment, end)) = end else {
            return Ok(());
        };
        let head = &mut self.state.head;
        match head.segment.filter(|(no, _)| left.contains(no)) {
            None => record::end_segment(self.db, end.segment_no, end.seq, end.sales_in_segment)?,
            Some((before, _)) => {
                record::end_segment(self.db, before, head.seq, head.sales_in_segment)?;
                head.seq = end.seq;
                head.chain = end.chain;
                head.segment = Some((end.segment_no, segment));
                head.sales_in_segment = end.sales_in_segment;
                self.state.segment_begun = true;
                self.head_changed = true;
            }
        }
        Ok(())
    }

    /// Puts ops that the cloud gave back into their places, and into the journal.
    pub(crate) fn recover(&mut self, ops: &[StoredOp]) -> Result<Recovered, VaultError> {
        let head = self.state.head.clone();
        let stood_on = head.segment;
        let mut restoring = Restoring::from_cloud(self.db, head, self.now_ms());
        let mut done = Recovered::default();
        for op in ops {
            match restoring.put(op)? {
                Put::Inserted => {
                    done.inserted += 1;
                    self.entries.push(Entry::Op(op.clone()));
                }
                Put::Placed => {
                    done.placed += 1;
                    for note in std::mem::take(&mut restoring.placed) {
                        self.note(&note.name(), &note.json()?);
                    }
                }
                Put::Known => done.known += 1,
                Put::Differs => done.differing += 1,
            }
        }
        restoring.end_grown()?;
        // A stream that others went on with is never continued, only built upon.
        self.state.segment_begun &= restoring.head.segment == stood_on;
        self.state.head = restoring.head;
        // They stand among old numbers: until the journal is known to hold them, a start reads all
        // of it.
        self.state.head.journal_mark = 0;
        self.head_changed = true;
        Ok(done)
    }

    /// Begins this run's segment: never read back from disk to continue it, so that a restored
    /// backup or a cloned disk becomes a visible fork instead of a number used twice.
    fn begin_segment(&mut self, segment: SegmentId) -> Result<(), VaultError> {
        let head = &mut self.state.head;
        let parent = head.as_parent();
        if let Some((last, _)) = head.segment {
            record::end_segment(self.db, last, head.seq, head.sales_in_segment)?;
        }
        let segment_no = record::insert_segment(self.db, segment, parent.as_ref(), head.seq + 1)?;
        head.segment = Some((segment_no, segment));
        head.sales_in_segment = 0;
        self.state.segment_begun = true;
        Ok(())
    }

    /// 128 bits from the OS's randomness, the boot, the clock and a secret of this till.
    pub(crate) fn mint_segment(&self) -> SegmentId {
        if cfg!(mutant = "integer_epoch") {
            let last = self.state.head.segment.map(|(_, segment)| segment.0);
            let next = last.map_or(0, u128::from_be_bytes) + 1;
            return SegmentId(next.to_be_bytes());
        }
        let mut random = [0_u8; 32];
        self.ports.entropy.fill(&mut random);
        let boot = std::fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let wall = self.now_ms().to_be_bytes();
        let till = self.state.identity.till;
        let hash = keyed_hash(
            &self.ports.segment_key,
            &[&random, &boot, &wall, till.as_bytes()],
        );
        let mut segment = [0_u8; 16];
        segment.copy_from_slice(&hash[..16]);
        SegmentId(segment)
    }
}
