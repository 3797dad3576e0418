//! A real cloud on a real socket that can be stopped and started again at the same address.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloud::desk;
use cloud::office::Office;
use cloud::ports::{OsEntropy, SystemClock};
use cloud::server::{Cloud, Ports};
use cloud::store::admin::Admin;
use cloud::store::sqlite::SqliteStore;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::copy_folder;

/// A cloud with its database in a folder of its own.
pub struct CloudRoom {
    folder: tempfile::TempDir,
    runtime: Runtime,
    ports: Ports,
    address: SocketAddr,
    running: Option<Running>,
}

struct Running {
    store: Arc<SqliteStore>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl CloudRoom {
    /// A running cloud.
    pub fn start() -> Self {
        Self::on(None)
    }

    /// A running cloud on a copy of the files of such a folder.
    pub fn left_in(folder: &Path) -> Self {
        Self::on(Some(folder))
    }

    fn on(left: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if let Some(left) = left {
            copy_folder(left, folder.path());
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let mut room = Self {
            folder,
            runtime,
            ports: Ports {
                clock: Arc::new(SystemClock::new()),
                entropy: Arc::new(OsEntropy),
            },
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            running: None,
        };
        room.run();
        room
    }

    /// Starts it at the address it had.
    pub fn run(&mut self) {
        let file = self.database();
        let (clock, entropy) = (&*self.ports.clock, &*self.ports.entropy);
        let store = Arc::new(SqliteStore::open(&file, clock, entropy).expect("it opens"));
        let bound = Cloud::bind(self.address, store.clone(), self.ports.clone());
        let cloud = self.runtime.block_on(bound).expect("it binds");
        self.address = cloud.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = self.runtime.spawn(async move {
            let until = async move {
                let _ = stopped.await;
            };
            cloud.serve_until(until).await.expect("it serves");
        });
        self.running = Some(Running {
            store,
            stop,
            serving,
        });
    }

    /// Ends it in the middle of whatever it does.
    pub fn stop(&mut self) {
        let running = self.running.take().expect("it runs");
        drop(running.stop);
        running.serving.abort();
        let _ = self.runtime.block_on(running.serving);
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A one-time code for the one branch here.
    pub fn code(&self) -> String {
        let running = self.running.as_ref().expect("it runs");
        let made = desk::enrol_code(&*running.store, &self.ports, "Acme", "High Street");
        self.runtime.block_on(made).expect("a code")
    }

    /// What head office does here, beside the database as its own command line does it.
    pub fn in_office<T>(&self, work: impl AsyncFnOnce(Office<'_>) -> T) -> T {
        let running = self.running.as_ref().expect("it runs");
        let admin = Admin {
            tenant: self.id("SELECT tenant FROM tenant LIMIT 1"),
            token_id: None,
        };
        let office = Office::new(&*running.store, &self.ports, admin);
        self.runtime.block_on(work(office))
    }

    fn id(&self, query: &str) -> app::Uuid {
        let database = rusqlite::Connection::open(self.database()).expect("the file opens");
        let bytes: [u8; 16] = database
            .query_row(query, [], |row| row.get(0))
            .expect(query);
        app::Uuid::from_bytes(bytes)
    }

    /// Head office's token.
    pub fn admin_token(&self) -> String {
        let running = self.running.as_ref().expect("it runs");
        let made = desk::admin_token(&*running.store, &self.ports, "Acme", false);
        self.runtime.block_on(made).expect("a token")
    }

    /// Its database, for somebody beside it.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("cloud.db")
    }

    /// One number from its database, as somebody beside it may read it.
    pub fn count(&self, query: &str) -> i64 {
        let database = rusqlite::Connection::open(self.database()).expect("the file opens");
        database
            .query_row(query, [], |row| row.get(0))
            .expect(query)
    }
}
