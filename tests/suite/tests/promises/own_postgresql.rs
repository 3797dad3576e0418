//! A database on the tests' own PostgreSQL, gone with its test.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use server::Server;

#[allow(
    dead_code,
    unreachable_pub,
    clippy::pedantic,
    reason = "shared with the cloud's tests"
)]
#[path = "../../../../crates/cloud/tests/common/postgres/server.rs"]
mod server;

/// The server of this process's build directory, shared with the cloud's tests.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let build = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Server::running(build).unwrap_or_else(|error| panic!("the tests' PostgreSQL: {error}"))
    })
}

/// A database of a test's own.
pub struct OwnDatabase(String);

impl OwnDatabase {
    pub fn fresh() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let name = format!("suite_{}_{number}", std::process::id());
        ask("postgres", &format!("CREATE DATABASE {name}"));
        Self(name)
    }

    /// Its address, as the program's command line takes it.
    pub fn url(&self) -> String {
        server().as_url(&self.0)
    }

    /// One number, as somebody beside the cloud may read it.
    pub fn count(&self, query: &str) -> i64 {
        ask(&self.0, query).trim().parse().expect(query)
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        let words = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.0);
        ask("postgres", &words);
    }
}

/// Asks as the server's superuser.
fn ask(database: &str, words: &str) -> String {
    let asked = Command::new("psql")
        .args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet"])
        .args(["--dbname", &server().url(database), "--command", words])
        .output()
        .expect("psql comes with the server: cargo xtask setup");
    assert!(asked.status.success(), "{words}: {asked:?}");
    String::from_utf8(asked.stdout).expect("text")
}
