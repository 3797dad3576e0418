//! The till's side: [`HttpCloud`] implements the protocol's trait over HTTP.
//!
//! Promises: one attempt per call, ended after 60 s at the latest, in which a wrong clock and a
//! token that is over are put right unseen; a request is signed over the bytes that travel; what comes back is either the cloud's own answer in its own media type or a
//! path failure in words that a shopkeeper can read out on the telephone.
//!
//! Never does: following a redirect (a captive portal's), retrying, keeping cookies.

mod address;
mod answer;
mod retry_after;
mod send;
mod standing;
mod words;

use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use protocol::audit::Counts;
use protocol::cloud::{CallFailure, CloudApi};
use protocol::ids::SegmentId;
use protocol::ports::Clock;
use protocol::pull::{
    PullAnswer, PullRequest, SNAPSHOT_MEDIA_TYPE, SNAPSHOT_PART_BYTES, SnapshotPart,
};
use protocol::wire::{
    EnrolAnswer, EnrolRequest, HelloAnswer, HelloRequest, OpsPage, PushAnswer, PushRequest,
};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderValue, IF_MATCH, RANGE};
use reqwest::{Client, redirect};
use uuid::Uuid;

pub use address::AddressRefused;
use address::CloudAddress;
use send::{Call, Proof, insert_text};
use standing::Standing;

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
    /// The till's wall clock, for the time in the signature. However wrong, it gates nothing: the
    /// cloud says what time it is, and the line remembers by how much the two differ.
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
    total: Duration,
    standing: Arc<Standing>,
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
            total: timeouts.total,
            standing: Arc::default(),
        })
    }

    /// Whether sales would travel readable over a network: plain http to another machine.
    pub fn in_clear(&self) -> bool {
        self.address.in_clear()
    }
}

impl CloudApi for HttpCloud {
    async fn enrol(&self, request: &EnrolRequest) -> Result<EnrolAnswer, CallFailure> {
        let call = Call::post(paths::ENROL, None, request)?;
        self.call(call.with(Proof::None)).await
    }

    async fn hello(&self, request: &HelloRequest) -> Result<HelloAnswer, CallFailure> {
        self.call(Call::post(paths::HELLO, None, request)?).await
    }

    async fn push(&self, key: Uuid, request: &PushRequest) -> Result<PushAnswer, CallFailure> {
        self.call(Call::post(paths::PUSH, Some(key), request)?)
            .await
    }

    async fn ops(&self, segment: SegmentId, from: u64) -> Result<OpsPage, CallFailure> {
        let path = format!("{}?segment={segment}&from={from}", paths::OPS);
        self.call(Call::get(&path)).await
    }

    async fn audit(&self) -> Result<Counts, CallFailure> {
        self.call(Call::get(paths::AUDIT)).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, CallFailure> {
        let (scope, limit) = (request.scope.as_str(), request.limit);
        let mut path = format!("{}?scope={scope}&limit={limit}", paths::PULL);
        if let Some(cursor) = &request.cursor {
            // A cursor is made of letters that a query may hold as they are.
            path.push_str("&cursor=");
            path.push_str(cursor);
        }
        self.call(Call::get(&path)).await
    }

    async fn snapshot(&self, etag: Option<&str>, from: u64) -> Result<SnapshotPart, CallFailure> {
        let mut call = Call::get(paths::SNAPSHOT);
        let accept = HeaderValue::from_static(SNAPSHOT_MEDIA_TYPE);
        call.more.insert(ACCEPT, accept);
        // It is packed already, and its bytes have their places.
        let plain = HeaderValue::from_static("identity");
        call.more.insert(ACCEPT_ENCODING, plain);
        let last = from + u64::from(SNAPSHOT_PART_BYTES) - 1;
        let range = format!("bytes={from}-{last}");
        insert_text(&mut call.more, RANGE.as_str(), &range);
        if let Some(etag) = etag {
            insert_text(&mut call.more, IF_MATCH.as_str(), etag);
        }
        self.within(async {
            let response = self.respond(&call).await?;
            answer::read_part(response, from, (self.address.shown(), self.clock.wall_ms())).await
        })
        .await
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
