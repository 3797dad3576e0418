//! One call on its way: the headers, the signature, and the two repairs that need no person.
//!
//! Promises: a till whose clock is wrong and a token that is over are put right within the call
//! and never seen by whoever made it; each is put right once, then it is a path failure; all
//! attempts together end within the call's total time.

use std::str::FromStr as _;

use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError, MEDIA_TYPE};
use protocol::signing::{AccessToken, Authorization, RequestToSign, sign};
use protocol::wire::TokenAnswer;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue,
};
use reqwest::{Method, Response};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use uuid::Uuid;

use super::{HttpCloud, answer, words};
use crate::packing::{Packing, pack};
use crate::paths;

/// What a call shows of its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing: an enrolment proves itself in its body.
    None,
    /// A signature: a token is asked for.
    Signature,
    /// A signature and a token: everything else.
    Token,
}

/// One call before it is signed.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) key: Option<Uuid>,
    pub(super) body: Vec<u8>,
    pub(super) packing: Packing,
    pub(super) proof: Proof,
    /// Headers beyond those that every call has.
    pub(super) more: HeaderMap,
}

impl<'a> Call<'a> {
    /// A call with a body.
    pub(super) fn post(
        path: &'a str,
        key: Option<Uuid>,
        body: &impl Serialize,
    ) -> Result<Self, CallFailure> {
        let plain = serde_json::to_vec(body).map_err(|error| {
            failed(format!("the till could not write its own request: {error}"))
        })?;
        let (packing, body) = pack(plain);
        Ok(Self {
            method: Method::POST,
            key,
            body,
            packing,
            ..Self::get(path)
        })
    }

    /// A call without one.
    pub(super) fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            key: None,
            body: Vec::new(),
            packing: Packing::Plain,
            proof: Proof::Token,
            more: HeaderMap::new(),
        }
    }

    /// The same with another proof.
    pub(super) const fn with(mut self, proof: Proof) -> Self {
        self.proof = proof;
        self
    }
}

impl HttpCloud {
    /// A call whose answer is a value.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, CallFailure> {
        self.within(async {
            let response = self.respond(&call).await?;
            self.read(response).await
        })
        .await
    }

    /// Everything that belongs to one call, ended after its total time.
    pub(super) async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, CallFailure>>,
    ) -> Result<T, CallFailure> {
        let shown = self.address.shown();
        tokio::time::timeout(self.total, work)
            .await
            .unwrap_or_else(|_| Err(failed(format!("{shown} did not answer in time"))))
    }

    async fn read<T: DeserializeOwned>(&self, response: Response) -> Result<T, CallFailure> {
        answer::read(response, self.address.shown(), self.clock.wall_ms()).await
    }

    /// The response of success; with a token that is fetched when there is none or it is over.
    pub(super) async fn respond(&self, call: &Call<'_>) -> Result<Response, CallFailure> {
        if call.proof != Proof::Token {
            return self.respond_in_time(call, None).await;
        }
        let held = match self.standing.token(self.clock.wall_ms()) {
            Some(token) => token,
            None => self.fetch_token().await?,
        };
        let first = self.respond_in_time(call, Some(held)).await;
        let Err(failure) = first else { return first };
        if refused_as(&failure, ApiCode::TokenExpired).is_none() {
            return Err(failure);
        }
        self.standing.keep_token(None);
        let fresh = self.fetch_token().await?;
        let second = self.respond_in_time(call, Some(fresh)).await;
        second.map_err(|failure| never_for_good(failure, ApiCode::TokenExpired))
    }

    async fn fetch_token(&self) -> Result<AccessToken, CallFailure> {
        let call = Call {
            method: Method::POST,
            ..Call::get(paths::TOKEN)
        }
        .with(Proof::Signature);
        let response = self.respond_in_time(&call, None).await?;
        let answer: TokenAnswer = self.read(response).await?;
        let token = AccessToken::from_text(&answer.token)
            .ok_or_else(|| failed("the cloud's token could not be read".to_owned()))?;
        self.standing
            .learn_time(answer.server_time_ms, self.clock.wall_ms());
        self.standing.keep_token(Some(token));
        Ok(token)
    }

    /// The response of success; signed again with the cloud's time if ours was too far off.
    async fn respond_in_time(
        &self,
        call: &Call<'_>,
        token: Option<AccessToken>,
    ) -> Result<Response, CallFailure> {
        let first = self.once(call, token).await;
        let Err(failure) = first else { return first };
        let told = refused_as(&failure, ApiCode::ClockWrong).and_then(|no| no.server_time_ms);
        let Some(server_ms) = told else {
            return Err(never_for_good(failure, ApiCode::ClockWrong));
        };
        self.standing.learn_time(server_ms, self.clock.wall_ms());
        let second = self.once(call, token).await;
        second.map_err(|failure| never_for_good(failure, ApiCode::ClockWrong))
    }

    /// One attempt: a response of success, or why there is none.
    async fn once(
        &self,
        call: &Call<'_>,
        token: Option<AccessToken>,
    ) -> Result<Response, CallFailure> {
        let url = self.address.url(call.path);
        let request = self
            .client
            .request(call.method.clone(), url)
            .headers(self.headers(call, token))
            .body(call.body.clone());
        let sent = request.send().await;
        let response =
            sent.map_err(|error| failed(words::of_error(&error, self.address.shown())))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let refused = self.read::<IgnoredAny>(response).await;
        Err(refused.err().unwrap_or_else(|| {
            failed(format!(
                "{} answered and said nothing",
                self.address.shown()
            ))
        }))
    }

    fn headers(&self, call: &Call<'_>, token: Option<AccessToken>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("zstd"));
        if !call.body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        }
        if let Some(word) = call.packing.header() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(word));
        }
        let key = call.key.map(|key| key.to_string()).unwrap_or_default();
        if !key.is_empty() {
            insert_text(&mut headers, paths::IDEMPOTENCY_KEY, &key);
        }
        if call.proof != Proof::None {
            let text = self.authorization(call, &key, token).to_header();
            insert_text(&mut headers, AUTHORIZATION.as_str(), &text);
        }
        headers.extend(call.more.clone());
        headers
    }

    fn authorization(
        &self,
        call: &Call<'_>,
        key: &str,
        token: Option<AccessToken>,
    ) -> Authorization {
        let at_ms = self.standing.cloud_ms(self.clock.wall_ms());
        let request = RequestToSign {
            method: call.method.as_str(),
            path: call.path,
            at_ms,
            idempotency_key: key,
            body: &call.body,
        };
        Authorization {
            till: self.till,
            at_ms,
            token,
            signature: sign(&self.key, &request.statement()),
        }
    }
}

/// A path failure in these words.
pub(super) const fn failed(words: String) -> CallFailure {
    CallFailure::Path {
        words,
        retry_after_ms: None,
    }
}

/// The refusal, if it is of this code.
fn refused_as(failure: &CallFailure, code: ApiCode) -> Option<&ApiError> {
    match failure {
        CallFailure::Refused { error, .. } => Some(error).filter(|error| error.code == code),
        CallFailure::Path { .. } => None,
    }
}

/// A clock and a token are put right by the next call, so they are never the cloud's last word.
fn never_for_good(failure: CallFailure, code: ApiCode) -> CallFailure {
    match failure {
        CallFailure::Refused {
            error,
            retry_after_ms,
        } if error.code == code => CallFailure::Path {
            words: format!(
                "the cloud and the till could not agree yet: {}",
                error.message
            ),
            retry_after_ms,
        },
        other @ (CallFailure::Refused { .. } | CallFailure::Path { .. }) => other,
    }
}

/// Puts a header of our own making.
pub(super) fn insert_text(headers: &mut HeaderMap, name: &str, text: &str) {
    // Ids, numbers and hex: always a valid header value.
    if let (Ok(name), Ok(value)) = (HeaderName::from_str(name), HeaderValue::from_str(text)) {
        headers.insert(name, value);
    }
}
