//! `POST /v1/sync/push`: runs of ops come in, are recorded, then judged.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use protocol::error::{ApiCode, ApiError};
use protocol::limits::BatchLimits;
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::wire::{PROTO, PushAnswer, PushRequest, RunStatus};
use transport::server::{Answer, Refusal, Signed};
use uuid::Uuid;

use super::contact::may_push;
use super::state::{Api, refused_by_store};
use crate::admission;
use crate::store::{PushAnswered, PushJob, TillCredential};

/// Records a batch. Every well-formed op is recorded whatever becomes of it; the answer has one
/// result for each. The same key with the same body is answered the same again.
#[utoipa::path(
    post,
    path = "/v1/sync/push",
    request_body = PushRequest,
    params(("idempotency-key" = String, Header, description = "A UUID, stored before the first attempt")),
    responses(
        (status = 200, description = "What became of each op", body = PushAnswer, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The request cannot be read or has no Idempotency-Key", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential, or a revoked till", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 403, description = "The batch is another till's", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 409, description = "The same key is still being worked on", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 413, description = "The batch is larger than the limits", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 422, description = "The same key came with another body; nothing was recorded", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 426, description = "The program speaks another protocol", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 429, description = "Too many pushes at once; Retry-After says when", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn push(
    State(api): State<Arc<Api>>,
    signed: Signed<TillCredential>,
) -> Result<Answer<PushAnswer>, Refusal> {
    let key = signed.required_key()?;
    let request: PushRequest = signed.json()?;
    check(&request, signed.till)?;
    may_push(&api, &signed.caller).await?;
    let tenant = signed.caller.tenant;
    let mut place = api
        .admission
        .enter(tenant, signed.till, key)
        .map_err(|refused| crowded(&api, refused))?;
    place.turn().await;
    let answered = api
        .store
        .push(PushJob {
            key,
            fingerprint: signed.fingerprint,
            now_ms: api.ports.clock.wall_ms(),
            caller: signed.caller,
            request,
        })
        .await;
    match answered.map_err(refused_by_store)? {
        PushAnswered::Answer { answer, replayed } => {
            api.figures.pushed(&answer, replayed);
            log((tenant, signed.till, key), &answer, replayed);
            Ok(Answer::new(answer).replayed(replayed))
        }
        PushAnswered::KeyReused => Err(Refusal::new(
            ApiCode::IdempotencyKeyReused,
            "this Idempotency-Key stood for another body before; nothing was recorded: use a new key",
        )),
    }
}

fn check(request: &PushRequest, till: Uuid) -> Result<(), Refusal> {
    if request.proto != PROTO {
        return Err(other_protocol(request.proto));
    }
    // Until there are LAN hosts, a till hands in its own stream alone.
    let stranger = request
        .runs
        .iter()
        .map(|run| run.till)
        .find(|of| *of != till);
    if let Some(other) = stranger.or_else(|| (request.sender != till).then_some(request.sender)) {
        return Err(Refusal::new(
            ApiCode::Forbidden,
            format!("till {till} cannot hand in ops of {other}"),
        ));
    }
    let ops: usize = request.runs.iter().map(|run| run.items.len()).sum();
    let limit = BatchLimits::default().max_ops as usize;
    if let Some(empty) = request.runs.iter().find(|run| run.items.is_empty()) {
        return Err(Refusal::new(
            ApiCode::Malformed,
            format!(
                "the run of segment {} from {} has no items: leave it out",
                empty.segment, empty.from
            ),
        ));
    }
    if ops > limit {
        return Err(Refusal::new(
            ApiCode::TooLarge,
            format!("the batch has {ops} ops, the limit is {limit}: send fewer at once"),
        ));
    }
    Ok(())
}

/// One line a push under the batch's key, and one for each op that needs somebody, under its own
/// id: the names by which the till knows both. And what stopped a run.
fn log((tenant, till, key): (Uuid, Uuid, Uuid), answer: &PushAnswer, replayed: bool) {
    let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
    for result in answer.runs.iter().flat_map(|run| &run.results) {
        *outcomes.entry(result.outcome.as_str()).or_default() += 1;
    }
    tracing::info!(%tenant, %till, client_trace_id = %key, replayed, ?outcomes, "a push was recorded");
    for result in answer.runs.iter().flat_map(|run| &run.results) {
        let (outcome, code) = (
            result.outcome.as_str(),
            result.code.map(OutcomeCode::as_str),
        );
        if !matches!(result.outcome, Outcome::Accepted | Outcome::Duplicate) {
            tracing::info!(
                %tenant, %till, client_trace_id = %result.op_id, seq = result.seq, outcome, code,
                "an op needs somebody"
            );
        }
    }
    let stopped = answer.runs.iter().filter(|run| run.status != RunStatus::Ok);
    for run in stopped {
        tracing::warn!(%tenant, %till, client_trace_id = %key, segment = %run.segment, status = ?run.status, "a run stopped");
    }
}

fn crowded(api: &Api, refused: admission::Refused) -> Refusal {
    api.figures.sent_away(match refused {
        admission::Refused::Full => "full",
        admission::Refused::KeyBusy => "key_busy",
    });
    match refused {
        admission::Refused::Full => Refusal::new(
            ApiCode::Busy,
            "other tills of this business are handing in right now: come back in a second",
        ),
        admission::Refused::KeyBusy => Refusal::new(
            ApiCode::IdempotencyKeyBusy,
            "this very batch is being recorded right now: ask again in a second",
        ),
    }
}

/// A program that speaks another version of the protocol; it goes on selling.
pub(super) fn other_protocol(proto: u32) -> Refusal {
    Refusal::new(
        ApiCode::UpgradeRequired,
        format!("proto is {proto}, this cloud speaks {PROTO}: update the till's program"),
    )
}
