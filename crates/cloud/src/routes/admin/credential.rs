//! Who speaks for head office, and the parts of a request that its routes take.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use protocol::error::ApiCode;
use transport::paths::IDEMPOTENCY_KEY;
use transport::server::Refusal;
use uuid::Uuid;

use super::super::state::{Api, refused_by_store};
use crate::office::Office;
use crate::secrets;
use crate::store::admin::Admin;

/// A person of head office, proved by an admin token.
#[derive(Debug, Clone, Copy)]
pub(in crate::routes) struct Caller(pub(in crate::routes) Admin);

impl Caller {
    /// Head office with this person in it.
    pub(in crate::routes) fn office(self, api: &Api) -> Office<'_> {
        Office::new(&*api.store, &api.ports, self.0)
    }
}

/// The bearer token of a request, if it has one.
pub(in crate::routes) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ").map(str::trim)
}

impl FromRequestParts<Arc<Api>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Refusal> {
        let unknown = || {
            Refusal::new(
                ApiCode::Unauthorized,
                "the admin token is missing or not known here: make one with `holdfast-cloud admin-token`",
            )
        };
        let token = bearer(&parts.headers).ok_or_else(unknown)?;
        let hash = secrets::admin_token_hash(token);
        let admin = api.store.admin_of(hash).await.map_err(refused_by_store)?;
        admin.map(Self).ok_or_else(unknown)
    }
}

/// The `Idempotency-Key` of a call that makes something new each time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        let missing = || {
            Refusal::new(
                ApiCode::IdempotencyKeyMissing,
                "the call needs the header Idempotency-Key: a UUID, stored before the first attempt",
            )
        };
        let header = parts.headers.get(IDEMPOTENCY_KEY).ok_or_else(missing)?;
        let key: Option<Uuid> = header.to_str().ok().and_then(|text| text.parse().ok());
        key.filter(|key| !key.is_nil()).map(Self).ok_or_else(|| {
            Refusal::new(
                ApiCode::Malformed,
                "Idempotency-Key must be a UUID and not all zero",
            )
        })
    }
}
