//! Keeping a page until its snapshot is whole.
//!
//! Promises: a page is staged only at the cursor it was asked with; a row that changed while paging is kept in
//! its latest version. Never reads a row's meaning: that is the publish's.

use protocol::pull::{PullAnswer, PullScope};
use rusqlite::{Connection, TransactionBehavior, named_params};

use super::super::error::ShopError;
use super::place;
use crate::reads::int;

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staged {
    /// It is kept.
    Kept,
    /// The file was exchanged since it was asked for (an import): ask again from the cursor kept now.
    Moved,
}

pub(super) fn stage(
    connection: &mut Connection,
    scope: PullScope,
    asked_with: Option<&str>,
    page: &PullAnswer,
) -> Result<Staged, ShopError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut at = place::load(&transaction, scope)?;
    if at.cursor.as_deref() != asked_with {
        return Ok(Staged::Moved);
    }
    put_rows(&transaction, scope, page)?;
    if scope == PullScope::Stock {
        put_included(&transaction, page)?;
    }
    at.cursor = Some(page.next.clone());
    at.cloud_epoch = Some(page.cloud_epoch);
    at.unfinished = page.more;
    at.staged_watermark = page.watermark;
    place::save(&transaction, scope, &at)?;
    transaction.commit()?;
    Ok(Staged::Kept)
}

fn put_rows(connection: &Connection, scope: PullScope, page: &PullAnswer) -> rusqlite::Result<()> {
    let mut put = connection.prepare_cached(
        "INSERT INTO pull_staged (scope, entity, id, row_version, row) \
         VALUES (:scope, :entity, :id, :row_version, :row) \
         ON CONFLICT (scope, entity, id) DO UPDATE SET row_version = excluded.row_version, row = excluded.row \
         WHERE excluded.row_version >= pull_staged.row_version",
    )?;
    for row in &page.rows {
        let data = row.data.as_deref().map(serde_json::value::RawValue::get);
        put.execute(named_params! {
            ":scope": scope.as_str(),
            ":entity": row.entity,
            ":id": row.id,
            ":row_version": int(row.rv),
            ":row": data.filter(|_| !row.deleted),
        })?;
    }
    Ok(())
}

/// A page tells the heads that moved since the last whole round: what an earlier page told stands until it is
/// published, however often the publish had to wait.
fn put_included(connection: &Connection, page: &PullAnswer) -> rusqlite::Result<()> {
    let mut put = connection.prepare_cached(
        "INSERT INTO pull_staged_included (segment, seq) VALUES (?1, ?2) \
         ON CONFLICT (segment) DO UPDATE SET seq = max(seq, excluded.seq)",
    )?;
    for included in &page.included {
        put.execute((included.segment.as_bytes(), int(included.seq)))?;
    }
    Ok(())
}
