//! New epochs, whichever the store.

use protocol::ports::Entropy;
use uuid::Uuid;

use super::{CloudStore, StoreError};

/// How far row versions jump with a new epoch: beyond any that the lost days can have told.
pub const EPOCH_JUMP: u64 = 1 << 32;

/// An epoch that never was.
pub fn new_epoch(entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 16];
    entropy.fill(&mut random);
    uuid::Builder::from_random_bytes(random).into_uuid()
}

/// This database was put back to an older day (a backup, a stand-by that was behind): a new epoch
/// begins, tills send again what is missing, and every cursor begins anew. Answers the new epoch.
///
/// # Errors
/// The store's own; the old epoch holds then.
pub async fn restored(store: &dyn CloudStore, entropy: &dyn Entropy) -> Result<Uuid, StoreError> {
    let was = store.cloud_epoch().await?;
    store.bump_epoch(was, new_epoch(entropy)).await
}
