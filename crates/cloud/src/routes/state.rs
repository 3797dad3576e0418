//! What every route has at hand, and how a till's key is found.

use std::sync::{Arc, OnceLock};

use protocol::signing::AccessToken;
use serde_json::Value;
use transport::server::{KeyAnswer, Refusal, TillKeys};
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use super::contact::Contacts;
use super::epochs::Epochs;
use super::snapshot::Shelf;
use crate::admission::{Admission, Guesses};
use crate::office::Streams;
use crate::secrets::TokenKey;
use crate::server::{Manners, Ports};
use crate::store::{Store, StoreError, TillCredential};
use crate::watching::{Figures, store_failed};

/// The state of the router.
pub(super) struct Api {
    /// The cloud's memory.
    pub(super) store: Arc<dyn Store>,
    /// What proves the access tokens.
    pub(super) tokens: TokenKey,
    /// Time and randomness.
    pub(super) ports: Ports,
    /// Head office's own streams of ops.
    pub(super) streams: Streams,
    /// What is counted.
    pub(super) figures: Figures,
    /// How this process serves.
    pub(super) manners: Manners,
    /// What tills said of themselves last.
    pub(super) contacts: Contacts,
    /// Who began a new epoch lately.
    pub(super) epochs: Epochs,
    /// Guesses at enrolment codes.
    pub(super) guesses: Guesses,
    /// Who may push now.
    pub(super) admission: Admission,
    /// Catalogues that lie ready.
    pub(super) shelf: Shelf,
    /// The API's description, set once when the routes are known.
    pub(super) document: OnceLock<Value>,
}

impl Api {
    pub(super) fn new(store: Arc<dyn Store>, ports: Ports, manners: Manners) -> Self {
        Self {
            tokens: TokenKey::new(store.token_key()),
            shelf: Shelf::new(store.cache_folder()),
            store,
            ports,
            streams: Streams::default(),
            figures: Figures::default(),
            manners,
            contacts: Contacts::default(),
            epochs: Epochs::default(),
            guesses: Guesses::default(),
            admission: Admission::default(),
            document: OnceLock::new(),
        }
    }

    /// Keeps the description of the routes for `GET /v1/openapi.json`.
    pub(super) fn describe(&self, document: &OpenApi) {
        match serde_json::to_value(document) {
            // Set once, when the router is made; a second time would say the same.
            Ok(document) => drop(self.document.set(document)),
            Err(error) => tracing::error!(%error, "the API's description could not be written"),
        }
    }
}

impl TillKeys for Api {
    type Caller = TillCredential;

    async fn key_of(&self, till: Uuid) -> Result<KeyAnswer<TillCredential>, Refusal> {
        let found = self.store.till(till).await.map_err(refused_by_store)?;
        Ok(match found {
            None => KeyAnswer::Unknown,
            Some(till) if till.revoked_at_ms.is_some() => KeyAnswer::Revoked {
                public_key: till.public_key,
            },
            Some(till) => KeyAnswer::Known {
                public_key: till.public_key,
                caller: till,
            },
        })
    }

    fn now_ms(&self) -> i64 {
        self.ports.clock.wall_ms()
    }

    fn token_is_ours(&self, till: Uuid, token: &AccessToken) -> bool {
        self.tokens.gave(till, token)
    }
}

/// The store's own failure: its cause goes to the log, the till is told that nothing is lost.
#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
pub(super) fn refused_by_store(error: StoreError) -> Refusal {
    store_failed();
    tracing::error!(%error, "the store could not answer");
    Refusal::internal()
}
