//! `POST /v1/sync/token`: an access token for an hour.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::ApiError;
use protocol::wire::TokenAnswer;
use transport::server::{Answer, Refusal, Tokenless};

use super::state::Api;
use crate::store::TillCredential;

/// Gives a till a token that lives for an hour. Signed like every call, but without a token. Nothing
/// is kept: every process on the same database takes it.
#[utoipa::path(
    post,
    path = "/v1/sync/token",
    responses(
        (status = 200, description = "The token", body = TokenAnswer, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "A wrong signature, a wrong clock (with the right time), or a revoked till", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn token(
    State(api): State<Arc<Api>>,
    Tokenless(signed): Tokenless<TillCredential>,
) -> Result<Answer<TokenAnswer>, Refusal> {
    let now_ms = api.ports.clock.wall_ms();
    let token = api.tokens.give(signed.till, now_ms);
    Ok(Answer::new(TokenAnswer {
        token: token.to_text(),
        expires_at_ms: token.expires_at_ms,
        server_time_ms: now_ms,
    }))
}
