//! Own ops that the cloud held and this vault did not: put back as facts that were made earlier.

use protocol::StoredOp;

use crate::error::VaultError;
use crate::tx::Tx;

/// What became of a page of ops fetched back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Facts that are back, with their sales, lines, tenders and movements.
    pub inserted: u64,
    /// Facts that were here, at another place.
    pub placed: u64,
    /// Already here at that place.
    pub known: u64,
    /// Do not hash, or contradict what stands at the place: left out.
    pub differing: u64,
}

/// Puts ops back, in the order of their streams, parents first. Nothing is counted twice: an op that
/// is here under another place gets that place besides. The sales were made, paid and handed out
/// long ago: nobody is asked about their receipts.
///
/// If they end beyond this till's last op, the next op goes on from there in a fresh segment.
///
/// # Errors
/// The vault's own; nothing is changed then.
pub fn recover(tx: &mut Tx<'_>, ops: &[StoredOp]) -> Result<Recovered, VaultError> {
    tx.room().for_op()?;
    tx.recover(ops)
}
