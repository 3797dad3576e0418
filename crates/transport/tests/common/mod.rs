//! A small real cloud and a liar, both on port 0.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses its own part"
)]

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use ed25519_dalek::SigningKey;
use protocol::audit::Counts;
use protocol::error::{ApiCode, MEDIA_TYPE};
use protocol::limits::BatchLimits;
use protocol::ports::Clock;
use protocol::signing::AccessToken;
use protocol::wire::{HelloAnswer, HelloRequest, PROTO, PushAnswer, PushRequest, TokenAnswer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use transport::server::{Answer, KeyAnswer, Refusal, Signed, TillKeys, Tokenless, in_our_words};
use transport::{HttpCloud, HttpCloudConfig, Timeouts, paths};
use uuid::Uuid;

pub const TILL: Uuid = Uuid::from_u128(1);
pub const REVOKED: Uuid = Uuid::from_u128(2);
pub const KEY: Uuid = Uuid::from_u128(77);

pub struct StoppedClock;

impl Clock for StoppedClock {
    fn wall_ms(&self) -> i64 {
        0
    }
    fn mono_ms(&self) -> u64 {
        0
    }
}

/// A push as it arrived: its key, its fingerprint, its runs.
pub type Seen = (Option<Uuid>, [u8; 32], usize);

/// What the cloud has seen.
#[derive(Default)]
pub struct Cloud {
    pub pushes: Mutex<Vec<Seen>>,
    /// What time it is here, UTC milliseconds.
    pub now_ms: AtomicI64,
    /// How many tokens were given; only the last one is taken.
    pub tokens: AtomicU32,
}

/// The only token that the cloud takes after it has given so many.
pub fn token(given: u32) -> AccessToken {
    let mut proof = [0; 32];
    proof[..4].copy_from_slice(&given.to_be_bytes());
    AccessToken {
        expires_at_ms: i64::MAX,
        proof,
    }
}

impl TillKeys for Cloud {
    type Caller = &'static str;

    async fn key_of(&self, till: Uuid) -> Result<KeyAnswer<&'static str>, Refusal> {
        let public_key = key().verifying_key().to_bytes();
        Ok(match till {
            TILL => KeyAnswer::Known {
                public_key,
                caller: "till one",
            },
            REVOKED => KeyAnswer::Revoked { public_key },
            _ => KeyAnswer::Unknown,
        })
    }

    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }

    fn token_is_ours(&self, till: Uuid, shown: &AccessToken) -> bool {
        till == TILL && *shown == token(self.tokens.load(Ordering::SeqCst))
    }
}

pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

async fn hello(signed: Signed<&'static str>) -> Result<Answer<HelloAnswer>, Refusal> {
    let request: HelloRequest = signed.json()?;
    assert_eq!(signed.caller, "till one", "the look-up's words arrive");
    Ok(Answer::new(HelloAnswer {
        cloud_epoch: Uuid::nil(),
        server_time_ms: 1,
        limits: BatchLimits::default(),
        heads: Vec::new(),
        // Long enough to be worth packing.
        unknown: request.heads.iter().map(|head| head.segment).collect(),
        min_app: request.app,
    }))
}

async fn push(
    State(cloud): State<Arc<Cloud>>,
    signed: Signed<&'static str>,
) -> Result<Answer<PushAnswer>, Refusal> {
    let key = signed.required_key()?;
    let request: PushRequest = signed.json()?;
    let seen = (Some(key), signed.fingerprint, request.runs.len());
    cloud.pushes.lock().unwrap().push(seen);
    Ok(Answer::new(PushAnswer {
        cloud_epoch: Uuid::nil(),
        server_time_ms: 1,
        limits: BatchLimits::default(),
        pause_ms: 0,
        runs: Vec::new(),
    })
    .replayed(true))
}

async fn give_token(
    State(cloud): State<Arc<Cloud>>,
    Tokenless(_): Tokenless<&'static str>,
) -> Answer<TokenAnswer> {
    let given = cloud.tokens.fetch_add(1, Ordering::SeqCst) + 1;
    Answer::new(TokenAnswer {
        token: token(given).to_text(),
        expires_at_ms: i64::MAX,
        server_time_ms: cloud.now_ms(),
    })
}

async fn busy() -> Refusal {
    Refusal::new(ApiCode::Busy, "nine pushes wait already").after_ms(2_500)
}

async fn panics() -> Answer<Counts> {
    panic!("on purpose")
}

/// Serves the cloud, also below `/pos`; its address.
pub async fn serve() -> (Arc<Cloud>, String) {
    let cloud = Arc::new(Cloud::default());
    let routes = Router::new()
        .route(paths::HELLO, post(hello))
        .route(paths::PUSH, post(push))
        .route(paths::TOKEN, post(give_token))
        .route(paths::OPS, get(busy))
        .route(paths::AUDIT, get(panics));
    let router = in_our_words(routes.clone().nest("/pos", routes)).with_state(Arc::clone(&cloud));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (cloud, format!("http://{address}"))
}

/// Answers every call with these bytes and hangs up; its address.
pub async fn serve_bytes(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0_u8; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    format!("http://{address}")
}

/// Gives tokens as the cloud does, and answers everything else with these bytes; its address.
pub async fn serve_answer(answer: Vec<u8>) -> String {
    let told = TokenAnswer {
        token: token(1).to_text(),
        expires_at_ms: i64::MAX,
        server_time_ms: 0,
    };
    let body = serde_json::to_string(&told).unwrap();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {MEDIA_TYPE}\r\nconnection: close\r\n");
    let token = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0_u8; 4096];
            let read = stream.read(&mut buffer).await.unwrap_or(0);
            let asked = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let for_token = asked.starts_with("POST ") && asked.contains(paths::TOKEN);
            let said = if for_token { token.as_bytes() } else { &answer };
            let _ = stream.write_all(said).await;
            let _ = stream.shutdown().await;
        }
    });
    format!("http://{address}")
}

/// Takes calls and says nothing; its address.
pub async fn serve_silence() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    format!("http://{address}")
}

pub fn client(url: &str) -> HttpCloud {
    client_of(url, TILL)
}

pub fn client_of(url: &str, till: Uuid) -> HttpCloud {
    let timeouts = Timeouts {
        idle: Duration::from_millis(400),
        ..Timeouts::default()
    };
    let config = HttpCloudConfig {
        url: url.to_owned(),
        till,
        key: key(),
        clock: Arc::new(StoppedClock),
        app: "1.0".to_owned(),
    };
    HttpCloud::with_timeouts(config, timeouts).unwrap()
}

pub fn hello_request(heads: u8) -> HelloRequest {
    let head = |number| protocol::stream::Head {
        segment: protocol::SegmentId([number; 16]),
        seq: 1,
        chain: protocol::ChainHash([number; 32]),
    };
    HelloRequest {
        proto: PROTO,
        till: TILL,
        cloud_epoch_seen: None,
        heads: (0..heads).map(head).collect(),
        app: "1.0".to_owned(),
        backlog: None,
        proof_ok: None,
        seen: Vec::new(),
    }
}

pub fn push_request() -> PushRequest {
    PushRequest {
        proto: PROTO,
        sender: TILL,
        host_epoch: None,
        runs: Vec::new(),
    }
}
