//! Who sent a request, proved by the till's key over the bytes as sent, and that it is fresh.
//!
//! Three proofs in this order: the signature, that it was made for about now, and the access
//! token. A till whose clock is wrong is told the time and signs again; a till without a token
//! fetches one. A request played again within the five minutes does no harm: everything that
//! changes something is one fact under one id, however often it comes.

use std::future::Future;
use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use protocol::error::ApiCode;
use protocol::signing::{
    AUTH_SCHEME, AccessToken, Authorization, FRESH_WITHIN_MS, RequestToSign, verify,
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::body::{read_json, read_sent, unpack_sent};
use super::{BodyLimits, Refusal};
use crate::paths::IDEMPOTENCY_KEY;

/// What the cloud knows of a till that claims to speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAnswer<C> {
    /// It may speak, under this key.
    Known {
        /// Its Ed25519 public key.
        public_key: [u8; 32],
        /// Whatever the handlers want to know of it.
        caller: C,
    },
    /// It was revoked; its key still proves who it is, and it is told so.
    Revoked {
        /// Its Ed25519 public key.
        public_key: [u8; 32],
    },
    /// Nobody knows it.
    Unknown,
}

/// Where the cloud looks up tills' keys; implemented by the router's state.
pub trait TillKeys: Send + Sync {
    /// What a handler gets to know of the caller: tenant, branch, genesis.
    type Caller: Send;

    /// Looks a till up; an error is the store's own failure.
    fn key_of(
        &self,
        till: Uuid,
    ) -> impl Future<Output = Result<KeyAnswer<Self::Caller>, Refusal>> + Send;

    /// The cloud's clock, UTC milliseconds.
    fn now_ms(&self) -> i64;

    /// Whether this cloud gave the token to this till; its end is looked at elsewhere.
    fn token_is_ours(&self, till: Uuid, token: &AccessToken) -> bool;

    /// What a body may weigh here.
    fn body_limits(&self) -> BodyLimits {
        BodyLimits::default()
    }
}

impl<K: TillKeys> TillKeys for Arc<K> {
    type Caller = K::Caller;

    fn key_of(
        &self,
        till: Uuid,
    ) -> impl Future<Output = Result<KeyAnswer<Self::Caller>, Refusal>> + Send {
        (**self).key_of(till)
    }

    fn now_ms(&self) -> i64 {
        (**self).now_ms()
    }

    fn token_is_ours(&self, till: Uuid, token: &AccessToken) -> bool {
        (**self).token_is_ours(till, token)
    }

    fn body_limits(&self) -> BodyLimits {
        (**self).body_limits()
    }
}

/// A request whose sender is proved and whose body is unpacked; a handler's last argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<C> {
    /// The till.
    pub till: Uuid,
    /// What the key look-up said of it.
    pub caller: C,
    /// When it signed, UTC milliseconds of the cloud's time within five minutes.
    pub at_ms: i64,
    /// The key of the batch, if the call has one.
    pub idempotency_key: Option<Uuid>,
    /// SHA-256 of the unpacked body: what tells a repeated key from a reused one.
    pub fingerprint: [u8; 32],
    /// The body, unpacked.
    pub body: Vec<u8>,
}

impl<C> Signed<C> {
    /// Reads the body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        read_json(&self.body)
    }

    /// The batch's key; without one a mutating call is refused.
    pub fn required_key(&self) -> Result<Uuid, Refusal> {
        self.idempotency_key.ok_or_else(|| {
            Refusal::new(
                ApiCode::IdempotencyKeyMissing,
                "the call needs the header Idempotency-Key: a UUID, stored before the first attempt",
            )
        })
    }
}

/// A request whose sender is proved and who asks for a token: it needs none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokenless<C>(pub Signed<C>);

impl<S> FromRequest<S> for Signed<S::Caller>
where
    S: TillKeys,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (signed, authorization) = prove(request, state).await?;
        check_token(state, &authorization)?;
        Ok(signed)
    }
}

impl<S> FromRequest<S> for Tokenless<S::Caller>
where
    S: TillKeys,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        prove(request, state).await.map(|(signed, _)| Self(signed))
    }
}

/// The signature and the time; the token is not looked at.
async fn prove<S: TillKeys>(
    request: Request,
    state: &S,
) -> Result<(Signed<S::Caller>, Authorization), Refusal> {
    let limits = state.body_limits();
    let (parts, body) = request.into_parts();
    let authorization = read_authorization(&parts.headers)?;
    let key_text = read_key_header(&parts.headers)?;
    let sent = read_sent(&parts.headers, body, limits).await?;
    let whole = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let signed = RequestToSign {
        method: parts.method.as_str(),
        path: protocol_path(whole),
        at_ms: authorization.at_ms,
        idempotency_key: key_text,
        body: &sent,
    };
    let found = state.key_of(authorization.till).await?;
    let caller = verify_request(found, &authorization, &signed)?;
    check_time(state.now_ms(), authorization.at_ms)?;
    let plain = unpack_sent(&parts.headers, &sent, limits)?;
    let signed = Signed {
        till: authorization.till,
        caller,
        at_ms: authorization.at_ms,
        idempotency_key: parse_key(key_text)?,
        fingerprint: Sha256::digest(&plain).into(),
        body: plain,
    };
    Ok((signed, authorization))
}

/// Whether a signature was made for about now; if not, the till hears what time it is.
fn check_time(now_ms: i64, at_ms: i64) -> Result<(), Refusal> {
    if at_ms.abs_diff(now_ms) <= FRESH_WITHIN_MS.unsigned_abs() {
        return Ok(());
    }
    let mut refusal = Refusal::new(
        ApiCode::ClockWrong,
        format!(
            "at is {at_ms}, here it is {now_ms}, the limit is {FRESH_WITHIN_MS} ms: sign again with server_time_ms"
        ),
    );
    refusal.error.server_time_ms = Some(now_ms);
    Err(refusal)
}

/// Whether the token is this cloud's, this till's and not over.
fn check_token<S: TillKeys>(state: &S, authorization: &Authorization) -> Result<(), Refusal> {
    let till = authorization.till;
    let now_ms = state.now_ms();
    let good = authorization
        .token
        .is_some_and(|token| token.expires_at_ms > now_ms && state.token_is_ours(till, &token));
    if good {
        return Ok(());
    }
    Err(Refusal::new(
        ApiCode::TokenExpired,
        "the access token is missing, unknown or over: ask POST /v1/sync/token for a new one",
    ))
}

/// The path and query from the protocol's own root on. What stands before it (a shop's cloud below
/// `/pos`) is not signed, because a proxy may have taken it away.
fn protocol_path(whole: &str) -> &str {
    let query = whole.find('?').unwrap_or(whole.len());
    let root = whole.get(..query).and_then(|path| path.find("/v1/"));
    root.and_then(|at| whole.get(at..)).unwrap_or(whole)
}

/// Holds a request against what is known of its sender. An unknown till and a wrong signature get
/// the same answer, so that nobody can ask which tills exist.
pub fn verify_request<C>(
    found: KeyAnswer<C>,
    authorization: &Authorization,
    request: &RequestToSign<'_>,
) -> Result<C, Refusal> {
    let proved = |key: &[u8; 32]| verify(key, &request.statement(), &authorization.signature);
    match found {
        KeyAnswer::Known { public_key, caller } if proved(&public_key) => Ok(caller),
        KeyAnswer::Revoked { public_key } if proved(&public_key) => Err(Refusal::new(
            ApiCode::Revoked,
            "this till was revoked: it goes on selling, ask head office to enrol it again",
        )),
        KeyAnswer::Known { .. } | KeyAnswer::Revoked { .. } | KeyAnswer::Unknown => {
            Err(Refusal::new(
                ApiCode::Unauthorized,
                "the till is not known here or its signature is wrong: enrol it again",
            ))
        }
    }
}

fn read_authorization(headers: &HeaderMap) -> Result<Authorization, Refusal> {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| Authorization::from_header(value.to_str().ok()?))
        .ok_or_else(|| {
            Refusal::new(
                ApiCode::Unauthorized,
                format!("the call needs `Authorization: {AUTH_SCHEME} till=…,at=…,token=…,sig=…`"),
            )
        })
}

fn read_key_header(headers: &HeaderMap) -> Result<&str, Refusal> {
    match headers.get(IDEMPOTENCY_KEY) {
        None => Ok(""),
        Some(value) => value.to_str().map_err(|_| malformed_key()),
    }
}

fn parse_key(text: &str) -> Result<Option<Uuid>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| malformed_key())
}

fn malformed_key() -> Refusal {
    Refusal::new(ApiCode::Malformed, "Idempotency-Key must be a UUID")
}
