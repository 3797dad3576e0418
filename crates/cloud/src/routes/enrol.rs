//! `POST /v1/enrol`: a till joins a branch with a one-time code.

use std::sync::Arc;

use axum::extract::State;
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
        (status = 426, description = "The program speaks another protocol", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn enrol(
    State(api): State<Arc<Api>>,
    Unsigned(request): Unsigned<EnrolRequest>,
) -> Result<Answer<EnrolAnswer>, Refusal> {
    check(&request)?;
    let till = request.till;
    let wanted = EnrolWanted {
        code_hash: secrets::code_hash(&request.code),
        now_ms: api.ports.clock.wall_ms(),
        request,
    };
    let verdict = api.store.enrol(wanted).await.map_err(refused_by_store)?;
    let welcome = verdict.map_err(refusal)?;
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
            "the till is enrolled in another branch or with another key: it cannot be in two places",
        ),
    }
}
