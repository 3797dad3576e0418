//! A database of its own for each test, copied from one that has the schema.

mod server;

use std::future::Future;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use cloud::store::postgres::PgStore;
use tokio_postgres::{Client, NoTls};

use super::{StandingClock, entropy};
pub use server::Server;

/// The server of this process's build directory.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let build = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Server::running(build).unwrap_or_else(|error| panic!("the tests' PostgreSQL: {error}"))
    })
}

/// A database that ends with its test.
#[derive(Debug)]
pub struct OwnDatabase {
    name: String,
}

impl OwnDatabase {
    /// A copy of the one that has the schema.
    pub async fn fresh() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let name = format!("test_{}_{number}", std::process::id());
        let template = template().await;
        let words = format!("CREATE DATABASE {name} TEMPLATE {template}");
        run("postgres", &words).await;
        Self { name }
    }

    /// Its address, as the command line takes it.
    pub fn url(&self) -> String {
        server().as_url(&self.name)
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Somebody beside the cloud, as the server's superuser.
    pub async fn client(&self) -> Client {
        connect(&self.name).await
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        let words = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        meanwhile(async move { run("postgres", &words).await });
    }
}

/// On a thread and a runtime of its own: a test's runtime may be busy with the test, or ending.
fn meanwhile(work: impl Future<Output = ()> + Send + 'static) {
    let working = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(work)
    });
    let _ = working.join();
}

/// A connection of the server's superuser.
pub async fn connect(database: &str) -> Client {
    let address = server().url(database);
    let (client, connection) = tokio_postgres::connect(&address, NoTls)
        .await
        .expect(database);
    tokio::spawn(connection);
    client
}

async fn run(database: &str, words: &str) {
    let client = connect(database).await;
    client.batch_execute(words).await.expect(words);
}

/// The database with the schema of these very migrations; made by the first test that asks.
async fn template() -> String {
    static MADE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    MADE.get_or_init(|| async {
        let name = format!("schema_{:016x}", migrations());
        let _alone = server().alone().expect("the lock of the template");
        let client = connect("postgres").await;
        drop_older(&client, &name).await;
        let known = "SELECT FROM pg_database WHERE datname = $1";
        if client
            .query(known, &[&name])
            .await
            .expect("a list")
            .is_empty()
        {
            let unfinished = format!("{name}_new");
            let forget = format!("DROP DATABASE IF EXISTS {unfinished}");
            client
                .batch_execute(&forget)
                .await
                .expect("nothing is left over");
            let make = format!("CREATE DATABASE {unfinished}");
            client
                .batch_execute(&make)
                .await
                .expect("an empty database");
            let url = server().as_url(&unfinished);
            let clock = StandingClock::default();
            let made = PgStore::open(&url, &clock, &*entropy()).await;
            drop(made.expect("the schema"));
            let forget = "TRUNCATE cloud, token_key, cursor_key";
            run(&unfinished, forget).await;
            let done = format!("ALTER DATABASE {unfinished} RENAME TO {name}");
            client
                .batch_execute(&done)
                .await
                .expect("nobody is connected to it");
        }
        name
    })
    .await
    .clone()
}

/// Schemas of migrations that are no longer these.
async fn drop_older(client: &Client, name: &str) {
    let older = "SELECT datname FROM pg_database WHERE datname LIKE 'schema\\_%' AND datname <> $1";
    for row in client.query(older, &[&name]).await.expect("a list") {
        let old: String = row.get(0);
        // One that is being copied at this moment stays for the next run.
        let _ = client.batch_execute(&format!("DROP DATABASE {old}")).await;
    }
}

fn migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/cloud/postgres");
    let files = std::fs::read_dir(folder).expect("the migrations");
    let mut texts: Vec<Vec<u8>> = files
        .map(|file| std::fs::read(file.expect("a file").path()).expect("its text"))
        .collect();
    texts.sort();
    let bytes = texts.into_iter().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What the server said.
pub fn words(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |said| said.message().to_owned())
}
