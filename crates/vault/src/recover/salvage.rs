//! Reading what still reads of a damaged vault, in cashier order, without changing it.

use protocol::StoredOp;
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::error::VaultError;
use crate::reads::{int, op_no, seq_of};
use crate::rows::outbox::read_op;

/// Ops read at once while the file reads well.
const PAGE: i64 = 200;
/// Unreadable numbers in a row after which the rest is given up.
const PATIENCE: u32 = 20_000;

/// A damaged vault being read; ops that do not hash to their chain are passed over.
pub(crate) struct Salvage {
    db: Option<Connection>,
    at: u64,
    page: std::collections::VecDeque<StoredOp>,
    misses: u32,
    done: bool,
}

impl Salvage {
    /// `None` if the file did not even open: then nothing comes out of it.
    pub(crate) fn of(db: Option<Connection>) -> Self {
        let done = db.is_none();
        Self {
            db,
            at: 0,
            page: std::collections::VecDeque::new(),
            misses: 0,
            done,
        }
    }

    /// The connection, for the small tables.
    pub(crate) fn db(&self) -> Option<&Connection> {
        self.db.as_ref()
    }

    /// The `seq` of the next op that reads, without taking it.
    pub(crate) fn peek_seq(&mut self) -> Option<u64> {
        self.fill();
        self.page.front().map(|op| op.seq)
    }

    /// The next op that reads.
    pub(crate) fn next(&mut self) -> Option<StoredOp> {
        self.fill();
        self.page.pop_front()
    }

    fn fill(&mut self) {
        while self.page.is_empty() && !self.done {
            match self.read_page() {
                Ok(ops) if ops.is_empty() => self.done = true,
                Ok(ops) => {
                    self.misses = 0;
                    self.at = ops.last().map_or(self.at, |op| op.seq);
                    self.page.extend(ops.into_iter().filter(StoredOp::links));
                }
                Err(_) => self.step_over(),
            }
        }
    }

    fn read_page(&self) -> Result<Vec<StoredOp>, VaultError> {
        let Some(db) = &self.db else {
            return Ok(Vec::new());
        };
        let found = db
            .prepare_cached(
                "SELECT o.*, s.segment FROM op o JOIN segment s USING (segment_no)
                 WHERE o.op_no >= :from ORDER BY o.op_no LIMIT :page",
            )?
            .query_map(
                named_params! { ":from": op_no(self.at + 1), ":page": PAGE },
                read_op,
            )?
            .collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// One number at a time through a damaged stretch.
    fn step_over(&mut self) {
        for _ in 0..PAGE {
            self.at += 1;
            match self.read_one(self.at) {
                Ok(Some(op)) => {
                    self.misses = 0;
                    if op.links() {
                        self.page.push_back(op);
                    }
                }
                Ok(None) | Err(_) => self.misses += 1,
            }
        }
        self.done |= self.misses >= PATIENCE;
    }

    fn read_one(&self, seq: u64) -> Result<Option<StoredOp>, VaultError> {
        let Some(db) = &self.db else { return Ok(None) };
        let found = db
            .prepare_cached(
                "SELECT o.*, s.segment FROM op o JOIN segment s USING (segment_no)
                 WHERE o.op_no = :op_no",
            )?
            .query_row(named_params! { ":op_no": int(seq) << 8 }, read_op)
            .optional()?;
        Ok(found)
    }

    /// The sales that nobody has been told of, if that table still reads.
    pub(crate) fn untold(&self) -> Option<Vec<u64>> {
        let db = self.db.as_ref()?;
        let mut statement = db.prepare("SELECT op_no FROM untold").ok()?;
        let rows = statement
            .query_map([], |row| row.get::<_, i64>(0))
            .ok()?
            .collect::<Result<Vec<_>, _>>()
            .ok()?;
        Some(rows.into_iter().map(seq_of).collect())
    }
}
