//! A real cloud on a real socket, and tills made by hand that speak to it.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::wildcard_enum_match_arm
)]

pub mod body;
pub mod both;
pub mod contract;
pub mod dice;
pub mod hand;
pub mod http;
pub mod office;
pub mod postgres;
pub mod shop;
pub mod till;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use cloud::desk;
use cloud::ports::OsEntropy;
use cloud::server::{Cloud, Ports};
use cloud::store::Store;
use cloud::store::postgres::PgStore;
use cloud::store::sqlite::SqliteStore;
use protocol::ports::{Clock, Entropy};
use protocol::signing::AccessToken;
use protocol::wire::{EnrolAnswer, PushAnswer, PushRequest, TokenAnswer};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use contract::Kind;
use hand::{Hand, Served};
pub use http::Answer;
use postgres::OwnDatabase;
pub use till::Till;

/// A clock that stands where a test puts it.
#[derive(Debug)]
pub struct StandingClock(pub AtomicI64);

impl Default for StandingClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_795_132_800_000))
    }
}

/// Randomness, as a store takes it.
pub fn entropy() -> Arc<dyn Entropy> {
    Arc::new(OsEntropy)
}

impl Clock for StandingClock {
    fn wall_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
    fn mono_ms(&self) -> u64 {
        0
    }
}

/// A running cloud with its database in a folder of its own.
pub struct World {
    pub dir: tempfile::TempDir,
    pub address: SocketAddr,
    pub clock: Arc<StandingClock>,
    /// Where the tables are, if not in a file.
    served: Option<OwnDatabase>,
    store: Arc<dyn Store>,
    ports: Ports,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
    keys: AtomicU64,
}

impl World {
    pub async fn start() -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder")).await
    }

    /// A cloud on what lies in a folder; of the embedded store.
    pub async fn start_in(dir: tempfile::TempDir) -> Self {
        let clock = Arc::new(StandingClock(AtomicI64::new(1_795_132_800_000)));
        let ports = Ports {
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
        };
        let served = match contract::kind() {
            Kind::Sqlite => None,
            Kind::Postgres => Some(OwnDatabase::fresh().await),
        };
        let store = open(dir.path(), served.as_ref(), &ports).await;
        let (address, stop, serving) = serve(&store, &ports).await;
        Self {
            served,
            dir,
            address,
            clock,
            store,
            ports,
            stop: Some(stop),
            serving: Some(serving),
            keys: AtomicU64::new(1),
        }
    }

    /// Ends the cloud in order and starts it again on the same file.
    pub async fn restart(&mut self) {
        let _ = self.stop.take().expect("it runs").send(());
        self.serving
            .take()
            .expect("it runs")
            .await
            .expect("it ends in order");
        let store = open(self.dir.path(), self.served.as_ref(), &self.ports).await;
        let (address, stop, serving) = serve(&store, &self.ports).await;
        self.address = address;
        self.store = store;
        self.stop = Some(stop);
        self.serving = Some(serving);
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.dir.path().join("cloud.db")
    }

    /// The file, as somebody beside the cloud may read it: of the embedded store alone.
    pub fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.database()).expect("the file opens")
    }

    /// Another process's view of the same tables.
    pub async fn another(&self) -> Arc<dyn Store> {
        open(self.dir.path(), self.served.as_ref(), &self.ports).await
    }

    /// The store itself, for what no route offers.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Somebody beside the cloud, on whichever store.
    pub fn hand(&self) -> Hand {
        match &self.served {
            Some(database) => Hand::Served(Box::new(Served::to(database))),
            None => Hand::File(self.sql()),
        }
    }

    pub fn count(&self, query: &str) -> i64 {
        match &self.served {
            Some(_) => self.hand().number(&format!("SELECT ({query})::bigint")),
            None => self.hand().number(query),
        }
    }

    pub async fn code(&self, tenant: &str, branch: &str) -> String {
        desk::enrol_code(&*self.store, &self.ports, tenant, branch)
            .await
            .expect("a code")
    }

    pub async fn read_token(&self, tenant: &str) -> String {
        desk::read_token(&*self.store, &self.ports, tenant)
            .await
            .expect("a token")
    }

    pub fn key(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.keys.fetch_add(1, Ordering::SeqCst)))
    }

    pub async fn enrol_with(&self, till: &Till, code: &str) -> Answer {
        let body = serde_json::to_vec(&till.enrol_request(code)).expect("json");
        let headers = [("idempotency-key", self.key().to_string()), json()];
        http::send(self.address, "POST", "/v1/enrol", &headers, &body).await
    }

    /// A till that is enrolled in a branch.
    pub async fn enrolled(&self, n: u8, tenant: &str, branch: &str) -> Till {
        let mut till = Till::new(n);
        let code = self.code(tenant, branch).await;
        let answer = self.enrol_with(&till, &code).await;
        assert_eq!(
            answer.status,
            200,
            "the till is let in: {:?}",
            answer.json()
        );
        let welcome: EnrolAnswer = serde_json::from_slice(&answer.body).expect("a welcome");
        till.identity.tenant = welcome.tenant;
        till.identity.branch = welcome.branch;
        till
    }

    pub async fn post(&self, till: &Till, path: &str, key: &str, body: &[u8]) -> Answer {
        let token = self.token(till).await;
        self.post_with(till, path, key, body, token).await
    }

    /// The same with a token, or without one.
    pub async fn post_with(
        &self,
        till: &Till,
        path: &str,
        key: &str,
        body: &[u8],
        token: Option<AccessToken>,
    ) -> Answer {
        let at = self.clock.wall_ms();
        let signed = till.authorization("POST", path, key, at, body, token);
        let mut headers = vec![("authorization", signed), json()];
        if !key.is_empty() {
            headers.push(("idempotency-key", key.to_owned()));
        }
        http::send(self.address, "POST", path, &headers, body).await
    }

    /// A body as a till sent it, packed as it was.
    pub async fn post_packed(
        &self,
        till: &Till,
        path: &str,
        key: &str,
        how: &str,
        body: &[u8],
    ) -> Answer {
        let token = self.token(till).await;
        let at = self.clock.wall_ms();
        let signed = till.authorization("POST", path, key, at, body, token);
        let mut headers = vec![("authorization", signed), json()];
        for (name, value) in [("idempotency-key", key), ("content-encoding", how)] {
            if !value.is_empty() {
                headers.push((name, value.to_owned()));
            }
        }
        http::send(self.address, "POST", path, &headers, body).await
    }

    pub async fn get(&self, till: &Till, path: &str) -> Answer {
        let token = self.token(till).await;
        let at = self.clock.wall_ms();
        let signed = till.authorization("GET", path, "", at, b"", token);
        let headers = [("authorization", signed)];
        http::send(self.address, "GET", path, &headers, b"").await
    }

    /// An access token for a till; `None` for one that the cloud refuses.
    pub async fn token(&self, till: &Till) -> Option<AccessToken> {
        let path = "/v1/sync/token";
        let at = self.clock.wall_ms();
        let signed = till.authorization("POST", path, "", at, b"", None);
        let headers = [("authorization", signed)];
        let answer = http::send(self.address, "POST", path, &headers, b"").await;
        let token: Option<TokenAnswer> = serde_json::from_slice(&answer.body).ok();
        AccessToken::from_text(&token?.token)
    }

    pub async fn get_with_token(&self, token: &str, path: &str) -> Answer {
        let headers = [("authorization", format!("Bearer {token}"))];
        http::send(self.address, "GET", path, &headers, b"").await
    }

    pub async fn get_bare(&self, path: &str) -> Answer {
        http::send(self.address, "GET", path, &[], b"").await
    }

    /// Pushes under a fresh key and reads the answer.
    pub async fn push(&self, till: &Till, request: &PushRequest) -> PushAnswer {
        let answer = self
            .push_under(till, &self.key().to_string(), request)
            .await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        serde_json::from_slice(&answer.body).expect("a push answer")
    }

    pub async fn push_under(&self, till: &Till, key: &str, request: &PushRequest) -> Answer {
        let body = serde_json::to_vec(request).expect("json");
        self.post(till, "/v1/sync/push", key, &body).await
    }

    pub async fn audit(&self, till: &Till) -> Value {
        self.get(till, "/v1/sync/audit").await.json()
    }
}

fn json() -> (&'static str, String) {
    ("content-type", protocol::error::MEDIA_TYPE.to_owned())
}

async fn open(dir: &Path, served: Option<&OwnDatabase>, ports: &Ports) -> Arc<dyn Store> {
    let (clock, entropy) = (&*ports.clock, &*ports.entropy);
    if let Some(database) = served {
        let store = PgStore::open(&database.url(), clock, entropy).await;
        return Arc::new(store.expect("the database opens"));
    }
    let file = dir.join("cloud.db");
    Arc::new(SqliteStore::open(&file, clock, entropy).expect("the file opens"))
}

async fn serve(
    store: &Arc<dyn Store>,
    ports: &Ports,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listen = "127.0.0.1:0".parse().expect("an address");
    let cloud = Cloud::bind(listen, store.clone(), ports.clone())
        .await
        .expect("it binds");
    let address = cloud.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let until = async move {
            let _ = stopped.await;
        };
        cloud.serve_until(until).await.expect("it serves");
    });
    (address, stop, serving)
}
