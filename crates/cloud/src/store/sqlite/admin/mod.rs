//! Head office's tables in SQLite.

pub(super) mod keys;

use super::SqliteStore;
use crate::store::admin::{AdminStore, TokenKeyBytes};

impl AdminStore for SqliteStore {
    fn token_key(&self) -> TokenKeyBytes {
        self.token_key
    }
}
