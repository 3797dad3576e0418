//! `POST /v1/sync/hello`: what the cloud holds of a till. Changes nothing but the epoch, when a till
//! shows that this database was put back to an older day.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use protocol::error::{ApiCode, ApiError};
use protocol::limits::{BatchLimits, MAX_HELLO_HEADS};
use protocol::stream::Head;
use protocol::wire::{CloudHead, HelloAnswer, HelloRequest, PROTO};
use transport::server::{Answer, Refusal, Signed};

use super::contact::said_hello;
use super::epochs::fell_back;
use super::state::{Api, refused_by_store};
use crate::store::TillCredential;

/// The oldest program that may push if nothing is said: every version ever shipped.
const MIN_APP: &str = "0.1.0";

/// The cloud's heads of a till: the only upload cursor. A head that the cloud does not hold as the
/// till does is seen by the till from the answer: another chain at the same `seq`, a lower `seq`,
/// or the segment under `unknown`.
#[utoipa::path(
    post,
    path = "/v1/sync/hello",
    request_body = HelloRequest,
    responses(
        (status = 200, description = "What the cloud holds", body = HelloAnswer, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The request cannot be read", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential, or a revoked till", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 403, description = "The request speaks for another till", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 413, description = "The body is too large", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 426, description = "The program speaks another protocol", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn hello(
    State(api): State<Arc<Api>>,
    signed: Signed<TillCredential>,
) -> Result<Answer<HelloAnswer>, Refusal> {
    let request: HelloRequest = signed.json()?;
    if request.proto != PROTO {
        return Err(super::push::other_protocol(request.proto));
    }
    if request.till != signed.till {
        return Err(Refusal::new(
            ApiCode::Forbidden,
            format!("till {} cannot say hello for {}", signed.till, request.till),
        ));
    }
    let most = request.heads.len().max(request.seen.len());
    if most > MAX_HELLO_HEADS {
        return Err(Refusal::new(
            ApiCode::Malformed,
            format!(
                "heads and seen have up to {most} entries, the limit is {MAX_HELLO_HEADS}: send the newest"
            ),
        ));
    }
    said_hello(&api, &signed, &request).await?;
    let heads = api.store.heads(signed.caller.tenant, signed.till).await;
    let heads = heads.map_err(refused_by_store)?;
    let mut cloud_epoch = api.store.cloud_epoch().await.map_err(refused_by_store)?;
    if request.cloud_epoch_seen == Some(cloud_epoch)
        && let Some(lost) = told_and_lost(&request.seen, &heads)
    {
        cloud_epoch = fell_back(&api, &signed, lost, cloud_epoch).await?;
    }
    let held: BTreeSet<_> = heads.iter().map(|head| head.segment).collect();
    let segments = request.heads.iter().map(|head| head.segment);
    let min_app = api.manners.min_app;
    Ok(Answer::new(HelloAnswer {
        cloud_epoch,
        server_time_ms: api.ports.clock.wall_ms(),
        limits: BatchLimits::default(),
        unknown: segments.filter(|segment| !held.contains(segment)).collect(),
        heads,
        min_app: min_app.map_or_else(|| MIN_APP.to_owned(), |oldest| oldest.to_string()),
    }))
}

/// A head that this cloud once told, in this very epoch, and does not reach any more.
fn told_and_lost<'a>(seen: &'a [Head], heads: &[CloudHead]) -> Option<&'a Head> {
    seen.iter().find(|told| {
        let now = heads.iter().find(|head| head.segment == told.segment);
        now.is_none_or(|now| now.seq < told.seq)
    })
}
