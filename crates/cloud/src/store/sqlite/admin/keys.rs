//! The key of the access tokens.

use protocol::ports::{Clock, Entropy};
use rusqlite::{Connection, params};

use crate::store::StoreError;
use crate::store::admin::TokenKeyBytes;
use crate::store::sqlite::sql::{failed, fixed};

/// Reads the key; makes it when the database has none.
pub(in crate::store::sqlite) fn token_key(
    connection: &Connection,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<TokenKeyBytes, StoreError> {
    let doing = "reading the key of the access tokens";
    let mut fresh = [0_u8; 32];
    entropy.fill(&mut fresh);
    connection
        .execute(
            "INSERT INTO token_key (only_row, key, made_at_ms) VALUES (1, ?1, ?2)
             ON CONFLICT (only_row) DO NOTHING",
            params![fresh, clock.wall_ms()],
        )
        .map_err(failed(doing))?;
    connection
        .query_row("SELECT key FROM token_key", [], |row| fixed(row, 0))
        .map_err(failed(doing))
}
