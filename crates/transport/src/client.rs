//! The till's side: [`HttpCloud`] implements the protocol's trait over HTTP.
//!
//! Promises: one attempt per call, ended after 60 s at the latest; a request is signed over the
//! bytes that travel; what comes back is either the cloud's own answer in its own media type or a
//! path failure in words that a shopkeeper can read out on the telephone.
//!
//! Never does: following a redirect (a captive portal's), retrying, keeping cookies.

mod address;
mod answer;
mod retry_after;
mod words;

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use protocol::audit::Counts;
use protocol::cloud::{CallFailure, CloudApi};
use protocol::error::MEDIA_TYPE;
use protocol::ids::SegmentId;
use protocol::ports::Clock;
use protocol::pull::{
    PullAnswer, PullRequest, SNAPSHOT_MEDIA_TYPE, SNAPSHOT_PART_BYTES, SnapshotPart,
};
use protocol::signing::{Authorization, RequestToSign, sign};
use protocol::wire::{
    EnrolAnswer, EnrolRequest, HelloAnswer, HelloRequest, OpsPage, PushAnswer, PushRequest,
};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, IF_MATCH, RANGE,
};
use reqwest::{Client, Method, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

pub use address::AddressRefused;
use address::CloudAddress;

use crate::packing::{Packing, pack};
use crate::paths;

/// When a call is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// A connection that is not there after this is not coming.
    pub connect: Duration,
    /// Silence of the other side in the middle of a call.
    pub idle: Duration,
    /// A whole call, however it trickles.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(15),
            total: Duration::from_mins(1),
        }
    }
}

/// What a client needs to know.
pub struct HttpCloudConfig {
    /// The cloud's URL as a person typed it: `https://cloud.example`, with a path if it has one.
    pub url: String,
    /// The till.
    pub till: Uuid,
    /// Its Ed25519 key; never leaves this process.
    pub key: SigningKey,
    /// The till's wall clock, for the time in the signature; it gates nothing.
    pub clock: Arc<dyn Clock>,
    /// The program's version, for the cloud's log.
    pub app: String,
}

/// A till's line to its cloud. Cheap to clone; connections are kept and shared.
#[derive(Clone)]
pub struct HttpCloud {
    address: CloudAddress,
    till: Uuid,
    key: SigningKey,
    clock: Arc<dyn Clock>,
    client: Client,
}

/// One call before it is signed.
struct Call<'a> {
    method: Method,
    path: &'a str,
    key: Option<Uuid>,
    body: Vec<u8>,
    packing: Packing,
    signed: bool,
}

impl HttpCloud {
    /// A line to the cloud at the URL; nothing is sent yet.
    pub fn new(config: HttpCloudConfig) -> Result<Self, AddressRefused> {
        Self::with_timeouts(config, Timeouts::default())
    }

    /// The same with other time-outs.
    pub fn with_timeouts(
        config: HttpCloudConfig,
        timeouts: Timeouts,
    ) -> Result<Self, AddressRefused> {
        let address = CloudAddress::parse(&config.url)?;
        Ok(Self {
            client: build_client(&config.app, &address, timeouts)?,
            address,
            till: config.till,
            key: config.key,
            clock: config.clock,
        })
    }

    /// Whether sales would travel readable over a network: plain http to another machine.
    pub fn in_clear(&self) -> bool {
        self.address.in_clear()
    }

    async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, CallFailure> {
        let url = self.address.url(call.path);
        let request = self
            .client
            .request(call.method.clone(), url)
            .headers(self.headers(&call))
            .body(call.body);
        let response = request.send().await.map_err(|error| CallFailure::Path {
            words: words::of_error(&error, self.address.shown()),
            retry_after_ms: None,
        })?;
        answer::read(response, self.address.shown(), self.clock.wall_ms()).await
    }

    fn headers(&self, call: &Call<'_>) -> HeaderMap {
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
        if call.signed {
            let text = self.authorization(call, &key).to_header();
            insert_text(&mut headers, AUTHORIZATION.as_str(), &text);
        }
        headers
    }

    fn authorization(&self, call: &Call<'_>, key: &str) -> Authorization {
        let at_ms = self.clock.wall_ms();
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
            signature: sign(&self.key, &request.statement()),
        }
    }
}

impl CloudApi for HttpCloud {
    async fn enrol(&self, request: &EnrolRequest) -> Result<EnrolAnswer, CallFailure> {
        let mut call = post(paths::ENROL, None, request)?;
        call.signed = false;
        self.call(call).await
    }

    async fn hello(&self, request: &HelloRequest) -> Result<HelloAnswer, CallFailure> {
        self.call(post(paths::HELLO, None, request)?).await
    }

    async fn push(&self, key: Uuid, request: &PushRequest) -> Result<PushAnswer, CallFailure> {
        self.call(post(paths::PUSH, Some(key), request)?).await
    }

    async fn ops(&self, segment: SegmentId, from: u64) -> Result<OpsPage, CallFailure> {
        let path = format!("{}?segment={segment}&from={from}", paths::OPS);
        self.call(get(&path)).await
    }

    async fn audit(&self) -> Result<Counts, CallFailure> {
        self.call(get(paths::AUDIT)).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, CallFailure> {
        let (scope, limit) = (request.scope.as_str(), request.limit);
        let mut path = format!("{}?scope={scope}&limit={limit}", paths::PULL);
        if let Some(cursor) = &request.cursor {
            // A cursor is made of letters that a query may hold as they are.
            path.push_str("&cursor=");
            path.push_str(cursor);
        }
        self.call(get(&path)).await
    }

    async fn snapshot(&self, etag: Option<&str>, from: u64) -> Result<SnapshotPart, CallFailure> {
        let call = get(paths::SNAPSHOT);
        let mut headers = self.headers(&call);
        headers.insert(ACCEPT, HeaderValue::from_static(SNAPSHOT_MEDIA_TYPE));
        let last = from + u64::from(SNAPSHOT_PART_BYTES) - 1;
        insert_text(
            &mut headers,
            RANGE.as_str(),
            &format!("bytes={from}-{last}"),
        );
        if let Some(etag) = etag {
            insert_text(&mut headers, IF_MATCH.as_str(), etag);
        }
        let url = self.address.url(call.path);
        let request = self.client.get(url).headers(headers);
        let response = request.send().await.map_err(|error| CallFailure::Path {
            words: words::of_error(&error, self.address.shown()),
            retry_after_ms: None,
        })?;
        answer::read_part(response, self.address.shown(), self.clock.wall_ms()).await
    }
}

fn post<'a>(
    path: &'a str,
    key: Option<Uuid>,
    body: &impl Serialize,
) -> Result<Call<'a>, CallFailure> {
    let plain = serde_json::to_vec(body).map_err(|error| CallFailure::Path {
        words: format!("the till could not write its own request: {error}"),
        retry_after_ms: None,
    })?;
    let (packing, body) = pack(plain);
    Ok(Call {
        method: Method::POST,
        path,
        key,
        body,
        packing,
        signed: true,
    })
}

fn get(path: &str) -> Call<'_> {
    Call {
        method: Method::GET,
        path,
        key: None,
        body: Vec::new(),
        packing: Packing::Plain,
        signed: true,
    }
}

fn insert_text(headers: &mut HeaderMap, name: &str, text: &str) {
    // Ids, numbers and hex: always a valid header value.
    if let (Ok(name), Ok(value)) = (HeaderName::from_str(name), HeaderValue::from_str(text)) {
        headers.insert(name, value);
    }
}

fn build_client(
    app: &str,
    address: &CloudAddress,
    timeouts: Timeouts,
) -> Result<Client, AddressRefused> {
    // The process has one TLS: ring. Whoever installed it first is as good as we.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(format!("holdfast-till/{app}"))
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.idle)
        .timeout(timeouts.total)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    if address.is_loopback() {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|error| AddressRefused::NoTls(words::chain(&error)))
}
