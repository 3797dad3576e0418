//! What was counted so far: one row, kept in the transaction of each op, so that no number on the
//! screen needs a scan. `Vault::verify` counts the rows again and compares.

use protocol::audit::Counts;

use crate::error::VaultError;
use crate::head;
use crate::reads::Reads;

/// Ops, sales, refunds, lines, net value and head.
pub fn counts(on: &impl Reads) -> Result<Counts, VaultError> {
    Ok(head::load(on.db())?.map_or_else(Counts::default, |head| head.counts()))
}
