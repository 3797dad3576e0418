//! A cloud and tills as the programs that are shipped, in folders that can be copied and put back.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use suite::{copy_folder, ctl, private_key, program, until};

use crate::own_postgresql::OwnDatabase;

const HEAD: &str =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

/// A room with one cloud in it; everything in it goes with it.
pub struct Room {
    folder: tempfile::TempDir,
    address: SocketAddr,
    running: Option<Child>,
    rung: u32,
    /// Where the cloud's tables are, if not in a file of the room.
    served: Option<OwnDatabase>,
}

/// What a till said of itself and of the cloud.
pub struct Proof(Value);

impl Room {
    pub fn new() -> Self {
        Self::on(None)
    }

    /// The same on a PostgreSQL database of its own.
    pub fn on_postgresql() -> Self {
        Self::on(Some(OwnDatabase::fresh()))
    }

    fn on(served: Option<OwnDatabase>) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut room = Self {
            folder: tempfile::tempdir().unwrap(),
            address,
            running: None,
            rung: 0,
            served,
        };
        std::fs::create_dir(room.path("cloud")).unwrap();
        room.run();
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn database(&self) -> String {
        match &self.served {
            Some(database) => database.url(),
            None => format!("sqlite:{}", self.path("cloud/cloud.db").display()),
        }
    }

    /// A verb of head office's, beside the running cloud; what it prints.
    pub fn office(&self, words: &[&str]) -> String {
        let done = Command::new(program("holdfast-cloud"))
            .args(words)
            .args(["--database", &self.database()])
            .output()
            .unwrap();
        assert!(done.status.success(), "{words:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// A one-time code for this room's one branch.
    pub fn code(&self) -> String {
        let said = self.office(&["enrol-code"]);
        said.split_whitespace().last().unwrap().to_owned()
    }

    /// Where tills reach the cloud.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn run(&mut self) {
        let child = Command::new(program("holdfast-cloud"))
            .args(["serve", "--listen", &self.address.to_string()])
            .args(["--database", &self.database()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.running = Some(child);
        let answers = until(|| TcpStream::connect(self.address).is_ok());
        assert!(answers, "the cloud listens");
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// A till of this room, enrolled.
    pub fn till(&self, name: &str) -> PathBuf {
        let dir = self.path(name);
        std::fs::create_dir(&dir).unwrap();
        private_key(&dir);
        let made = ctl(&dir, &["init", "--empty", "--currency", "GBP"]);
        assert!(made.done, "{made:?}");
        let joined = ctl(
            &dir,
            &["enrol", "--cloud", &self.url(), "--code", &self.code()],
        );
        assert!(joined.done, "{joined:?}");
        dir
    }

    /// So many sales on a till.
    pub fn ring(&mut self, till: &Path, sales: u32) {
        let file = self.invoices(sales);
        let rung = ctl(till, &["replay", file.to_str().unwrap()]);
        assert!(rung.done, "{rung:?}");
    }

    /// A file of so many invoices that nobody rang yet.
    pub fn invoices(&mut self, sales: u32) -> PathBuf {
        let mut rows = HEAD.to_owned();
        for _ in 0..sales {
            self.rung += 1;
            let number = 600_000 + self.rung;
            let _ = writeln!(
                rows,
                "{number},TEA,TEA,1,2010-12-01 08:26:00,2.55,1,United Kingdom"
            );
        }
        let file = self.path(&format!("invoices-{}.csv", self.rung));
        std::fs::write(&file, rows).unwrap();
        file
    }

    /// A copy of a folder, as a backup or a second machine has it.
    pub fn copy(&self, from: &str, to: &str) -> PathBuf {
        let (from, to) = (self.path(from), self.path(to));
        copy_folder(&from, &to);
        to
    }

    /// The folder is again what its copy is.
    pub fn put_back(&self, name: &str, copy: &str) {
        std::fs::remove_dir_all(self.path(name)).unwrap();
        copy_folder(&self.path(copy), &self.path(name));
    }

    /// One number of the cloud's, as somebody beside it may read it.
    pub fn count(&self, query: &str) -> i64 {
        if let Some(database) = &self.served {
            return database.count(query);
        }
        let database = rusqlite::Connection::open(self.path("cloud/cloud.db")).unwrap();
        database
            .query_row(query, [], |row| row.get(0))
            .expect(query)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Proof {
    /// What a till and its cloud count, both asked.
    pub fn of(till: &Path) -> Self {
        Self(ctl(till, &["verify", "--against-cloud"]).json())
    }

    /// Every link of the chain holds, and both media are the same.
    pub fn holds(&self) -> bool {
        self.0["till"]["chain_ok"] == true && self.0["till"]["journal_equals_vault"] == true
    }

    pub fn equal(&self) -> bool {
        self.0["equal"] == true
    }

    pub fn sales(&self) -> u64 {
        self.0["till"]["sales"].as_u64().unwrap()
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Sends everything; nobody is needed.
pub fn drain(till: &Path) {
    let sent = ctl(till, &["sync", "--until-drained", "--timeout", "120"]);
    assert!(sent.done, "everything arrives, nobody is needed: {sent:?}");
}
