//! What this till knows of the cloud's rows, beside its own facts.
//!
//! Owns the order of reading: the cloud's rows first, then the vault, so that no movement is in
//! neither. Never asks the network; a till that never heard a cloud knows its own facts alone.

use protocol::conflict::{ConflictRow, ConflictStatus};
use uuid::Uuid;
use vault::outbox::{self, QueueItem, Unsettled};
use vault::shop::{ConflictQuery, StockSeen};
use vault::stock;

use crate::error::AppError;
use crate::till::Till;

/// The most own outcomes that are looked at for a person, the newest of them.
const MOST_NEEDING: u32 = 1_000;

impl Till {
    /// On hand as this till knows it; `None`: nobody ever kept book of it.
    pub(crate) fn on_hand_milli(&self, product_id: Uuid) -> Result<Option<i64>, AppError> {
        let seen = self.stock_seen(&[product_id])?;
        let level = self
            .vault
            .read(|reader| stock::level(reader, &seen, product_id))?;
        Ok(level.moved.then_some(level.on_hand_milli))
    }

    /// The cloud's figures of these products; read before the vault.
    pub(crate) fn stock_seen(&self, products: &[Uuid]) -> Result<StockSeen, AppError> {
        Ok(self.shop.stock_seen(products)?)
    }

    /// Own outcomes for a person that the cloud has not told as conflicts: each thing counts once.
    pub(crate) fn untold_outcomes(&self) -> Result<Vec<QueueItem>, AppError> {
        let needing = self
            .vault
            .read(|reader| outbox::needing_person(reader, MOST_NEEDING))?;
        let mut untold = Vec::new();
        for item in needing {
            if self.conflict_told_for(&item)?.is_none() {
                untold.push(item);
            }
        }
        Ok(untold)
    }

    /// Lets go of what the cloud said of own ops and what is settled since, by a person or by an upgrade.
    /// A vault that cannot be written now does it after the next fetch.
    pub(crate) fn forget_settled(&self) {
        let done = self.settled_ops().and_then(|settled| {
            if settled.is_empty() {
                return Ok(());
            }
            self.vault.transact(move |tx| {
                settled
                    .iter()
                    .try_for_each(|op_id| outbox::settle_op(tx, *op_id))
            })?;
            Ok(())
        });
        if let Err(error) = done {
            tracing::warn!("what is settled could not be let go of yet: {error}");
        }
    }

    /// Own ops with a verdict that needs nobody any more.
    fn settled_ops(&self) -> Result<Vec<Uuid>, AppError> {
        let mut settled = Vec::new();
        for kept in self.vault.read(outbox::unsettled)? {
            if kept.needs_nobody || self.is_settled(&kept)? {
                settled.push(kept.op_id);
            }
        }
        Ok(settled)
    }

    /// Whether the cloud told that it ended. An op may have opened one after the other: parked, then in conflict.
    fn is_settled(&self, kept: &Unsettled) -> Result<bool, AppError> {
        let named = match kept.conflict {
            Some(conflict) => self.shop.conflict(conflict)?,
            None => None,
        };
        let told = [named, self.shop.conflict_of_op(kept.op_id)?];
        let mut told = told.iter().flatten().peekable();
        Ok(told.peek().is_some() && told.all(|row| row.status == ConflictStatus::Settled))
    }

    /// The cloud's row about an own outcome, open or settled.
    fn conflict_told_for(&self, item: &QueueItem) -> Result<Option<ConflictRow>, AppError> {
        let by_id = match item.conflict {
            Some(conflict) => self.shop.conflict(conflict)?,
            None => None,
        };
        match by_id {
            Some(row) => Ok(Some(row)),
            None => Ok(self.shop.conflict_of_op(item.op_id)?),
        }
    }

    /// Things that need a person: the branch's open conflicts, and own outcomes not told as such.
    pub(crate) fn needing_person(&self) -> Result<u64, AppError> {
        let open = self.shop.open_conflicts()?;
        let untold = u64::try_from(self.untold_outcomes()?.len()).unwrap_or(u64::MAX);
        Ok(open.saturating_add(untold))
    }

    /// Conflicts as the cloud told them.
    pub(crate) fn told_conflicts(
        &self,
        text: &str,
        settled: bool,
        limit: u32,
    ) -> Result<Vec<ConflictRow>, AppError> {
        Ok(self.shop.conflicts(&ConflictQuery {
            text: text.to_owned(),
            settled,
            limit,
        })?)
    }
}
