//! `POST /v1/enrol`: a till joins a branch with a one-time code.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use protocol::error::{ApiCode, ApiError};
use protocol::signing::{enrol_statement, verify};
use protocol::wire::{EnrolAnswer, EnrolRequest, PROTO};
use transport::server::{Answer, Refusal, Unsigned};

use super::state::{Api, refused_by_store};
use crate::secrets;
use crate::store::{EnrolRefused, EnrolWanted};

/// The longest name a till may have, in characters.
const MAX_TILL_NAME_CHARS: usize = 200;

/// Lets a till in. The one-time code is this call's idempotency key: the same till with the same
/// code and the same key is answered the same again, because its first answer may have got lost;
/// anyone else finds the code used.
#[utoipa::path(
    post,
    path = "/v1/enrol",
    request_body = EnrolRequest,
    responses(
        (status = 200, description = "Welcome", body = EnrolAnswer, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The request cannot be read", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "The signature is not the key's", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 403, description = "The code is unknown, used or expired", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 409, description = "The till is enrolled elsewhere or with another key", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 413, description = "The body is too large", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 429, description = "Too many wrong codes from this address; Retry-After says when", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 426, description = "The program speaks another protocol", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn enrol(
    State(api): State<Arc<Api>>,
    Peer(from): Peer,
    Unsigned(request): Unsigned<EnrolRequest>,
) -> Result<Answer<EnrolAnswer>, Refusal> {
    check(&request)?;
    let now_ms = api.ports.clock.wall_ms();
    api.guesses
        .may_try(from, now_ms)
        .map_err(|wait_ms| too_many(from, wait_ms))?;
    let till = request.till;
    let wanted = EnrolWanted {
        code_hash: secrets::code_hash(&request.code),
        now_ms,
        request,
    };
    let verdict = api.store.enrol(wanted).await.map_err(refused_by_store)?;
    let welcome = verdict.map_err(|refused| {
        if refused == EnrolRefused::CodeUnknown {
            let wrong = api.guesses.was_wrong(from, now_ms);
            tracing::warn!(%from, %till, wrong, "a wrong enrolment code");
        }
        refusal(refused)
    })?;
    let cloud_epoch = api.store.cloud_epoch().await.map_err(refused_by_store)?;
    tracing::info!(%till, tenant = %welcome.tenant, branch = %welcome.branch, "a till was enrolled");
    let answer = EnrolAnswer {
        tenant: welcome.tenant,
        tenant_name: welcome.tenant_name,
        branch: welcome.branch,
        branch_name: welcome.branch_name,
        cloud_epoch,
    };
    Ok(Answer::new(answer).replayed(welcome.repeated))
}

fn too_many(from: IpAddr, wait_ms: u64) -> Refusal {
    tracing::warn!(%from, wait_ms, "too many wrong enrolment codes: refused unread");
    Refusal::new(
        ApiCode::Busy,
        "too many wrong codes came from this address: wait, then ask head office for a new code",
    )
    .after_ms(wait_ms)
}

/// The address a request came from. Behind a proxy that is the proxy's: guessers then share it.
pub(super) struct Peer(IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|peer| peer.0.ip());
        Ok(Self(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

fn check(request: &EnrolRequest) -> Result<(), Refusal> {
    if request.proto != PROTO {
        return Err(super::push::other_protocol(request.proto));
    }
    let name = request.till_name.chars().count();
    if name > MAX_TILL_NAME_CHARS {
        return Err(Refusal::new(
            ApiCode::Malformed,
            format!("till_name has {name} characters, the limit is {MAX_TILL_NAME_CHARS}"),
        ));
    }
    let statement = enrol_statement(request.till, &request.public_key, &request.code);
    if !verify(&request.public_key, &statement, &request.signature) {
        return Err(Refusal::new(
            ApiCode::Unauthorized,
            "the signature is not public_key's over till, key and code",
        ));
    }
    Ok(())
}

fn refusal(refused: EnrolRefused) -> Refusal {
    match refused {
        EnrolRefused::CodeUnknown => Refusal::new(
            ApiCode::CodeRefused,
            "the code is unknown or used up: ask head office for a new one",
        ),
        EnrolRefused::CodeExpired => Refusal::new(
            ApiCode::CodeRefused,
            "the code is older than 15 minutes: ask head office for a new one",
        ),
        EnrolRefused::AlreadyEnrolled => Refusal::new(
            ApiCode::AlreadyEnrolled,
            "the till is enrolled in another branch or with another key and cannot be in two places: enrol it where it was, or set it up anew in an empty folder as a till of its own",
        ),
    }
}
