//! The key of the access tokens.

use deadpool_postgres::Pool;
use protocol::ports::{Clock, Entropy};

use super::super::sql::{failed, fixed};
use super::super::tx::{Mode, Tx};
use crate::store::StoreError;
use crate::store::admin::TokenKeyBytes;

/// Reads the key; makes it when the database has none.
pub(in crate::store::postgres) async fn token_key(
    pool: &Pool,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<TokenKeyBytes, StoreError> {
    let doing = "reading the key of the access tokens";
    let mut fresh = [0_u8; 32];
    entropy.fill(&mut fresh);
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    tx.execute(
        "INSERT INTO token_key (only_row, key, made_at_ms) VALUES (1, $1, $2)
         ON CONFLICT (only_row) DO NOTHING",
        &[&fresh.as_slice(), &clock.wall_ms()],
    )
    .await
    .map_err(failed(doing))?;
    let kept = tx.query_opt("SELECT key FROM token_key", &[]).await;
    let kept = kept.map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))?;
    fixed(&kept.ok_or(StoreError::Stopped { doing })?, "key")
}
