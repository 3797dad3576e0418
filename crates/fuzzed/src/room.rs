//! A real cloud behind a real socket, and a hand that can say anything to it.
//!
//! Promises that time stands still and randomness counts, so that two rooms are the same room.

pub(crate) mod goods;
mod http;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use cloud::desk;
use cloud::server::{Cloud, Ports};
use cloud::store::Store;
use cloud::store::sqlite::SqliteStore;
use ed25519_dalek::SigningKey;
use protocol::TillIdentity;
use protocol::error::MEDIA_TYPE;
use protocol::ports::{Clock, Entropy};
use protocol::signing::{AccessToken, Authorization, RequestToSign, enrol_statement, sign};
use protocol::wire::{EnrolAnswer, EnrolRequest, PROTO, TokenAnswer};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) use http::Answer;

/// When every room's clock begins.
pub(crate) const NOON: i64 = 1_795_132_800_000;

/// A clock that stands where it is put.
pub(crate) struct Standing(pub(crate) AtomicI64);

impl Clock for Standing {
    fn wall_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn mono_ms(&self) -> u64 {
        0
    }
}

/// Counts up: the same in every run, never the same twice in one.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let next = spread(self.0.fetch_add(1, Ordering::Relaxed)).to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

/// A count with every bit of it in every bit (splitmix64): codes are drawn a byte at a time and must not repeat.
const fn spread(count: u64) -> u64 {
    let one = count.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let two = (one ^ one >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let three = (two ^ two >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    three ^ three >> 31
}

/// Time and randomness of a room, with the clock in hand.
pub(crate) fn ports() -> (Arc<Standing>, Ports) {
    let clock = Arc::new(Standing(AtomicI64::new(NOON)));
    let ports = Ports {
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        entropy: Arc::new(Counting::default()),
    };
    (clock, ports)
}

/// A running cloud.
pub(crate) struct Room {
    pub(crate) clock: Arc<Standing>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) runtime: Runtime,
    ports: Ports,
    line: http::Line,
    _dir: TempDir,
}

impl Room {
    pub(crate) fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let (clock, ports) = ports();
        let file = dir.path().join("cloud.db");
        let store = SqliteStore::open(&file, &*ports.clock, &*ports.entropy);
        let store: Arc<dyn Store> = Arc::new(store.expect("the file opens"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let bound = Cloud::bind(listen, Arc::clone(&store), ports.clone());
        let cloud = runtime.block_on(bound).expect("it listens");
        let line = http::Line::to(cloud.address());
        runtime.spawn(cloud.serve_until(std::future::pending()));
        Self {
            clock,
            store,
            runtime,
            ports,
            line,
            _dir: dir,
        }
    }

    /// A new one-time code.
    pub(crate) fn code(&self) -> String {
        let code = desk::enrol_code(&*self.store, &self.ports, "Acme", "High Street");
        self.runtime.block_on(code).expect("a code")
    }

    /// Says something to the cloud.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Answer {
        self.line.send(method, path, headers, body)
    }

    /// Hands an enrolment in as JSON.
    pub(crate) fn enrol(&mut self, body: &[u8]) -> Answer {
        let headers = [("content-type", MEDIA_TYPE.to_owned())];
        self.send("POST", "/v1/enrol", &headers, body)
    }

    /// Lets a till in and gives it a token.
    pub(crate) fn let_in(&mut self, mut till: Till) -> Till {
        let request = till.enrol_request(&self.code());
        let body = serde_json::to_vec(&request).expect("JSON");
        let answer = self.enrol(&body);
        let welcome: EnrolAnswer = serde_json::from_slice(&answer.body).expect("a welcome");
        till.identity.tenant = welcome.tenant;
        till.identity.branch = welcome.branch;
        let answer = self.signed(&till, "POST", "/v1/sync/token", b"");
        let token: TokenAnswer = serde_json::from_slice(&answer.body).expect("a token");
        till.token = AccessToken::from_text(&token.token);
        till
    }

    /// Says something that a till has signed.
    pub(crate) fn signed(&mut self, till: &Till, method: &str, path: &str, body: &[u8]) -> Answer {
        let at_ms = self.clock.wall_ms();
        let request = RequestToSign {
            method,
            path,
            at_ms,
            idempotency_key: "",
            body,
        };
        let authorization = Authorization {
            till: till.identity.till,
            at_ms,
            token: till.token,
            signature: sign(&till.secret, &request.statement()),
        };
        let headers = [("authorization", authorization.to_header())];
        self.send(method, path, &headers, body)
    }
}

/// A till as the cloud sees it.
pub(crate) struct Till {
    pub(crate) secret: SigningKey,
    pub(crate) identity: TillIdentity,
    pub(crate) token: Option<AccessToken>,
}

impl Till {
    pub(crate) fn enrol_request(&self, code: &str) -> EnrolRequest {
        let identity = &self.identity;
        let statement = enrol_statement(identity.till, &identity.public_key, code);
        EnrolRequest {
            proto: PROTO,
            code: code.to_owned(),
            till: identity.till,
            till_name: "Front 1".to_owned(),
            public_key: identity.public_key,
            genesis_tenant: identity.genesis_tenant,
            genesis_branch: identity.genesis_branch,
            signature: sign(&self.secret, &statement),
        }
    }
}
