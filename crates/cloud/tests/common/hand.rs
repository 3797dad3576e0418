//! Somebody who writes and reads beside the cloud, in the words of whichever store it is.

use rusqlite::Connection;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::postgres::{OwnDatabase, connect};

/// A connection of a test's own, for a test that does not wait.
pub enum Hand {
    File(Connection),
    Served(Box<Served>),
}

/// A connection with the runtime that drives it.
pub struct Served {
    runtime: Option<Runtime>,
    client: Client,
}

impl Drop for Served {
    fn drop(&mut self) {
        // Within a test's runtime no other may end, unless nobody waits for its end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Served {
    pub fn to(database: &OwnDatabase) -> Self {
        let name = database.name().to_owned();
        let made = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.expect("a runtime");
            let client = runtime.block_on(connect(&name));
            Self {
                runtime: Some(runtime),
                client,
            }
        });
        made.join().expect("it connects")
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("it lives as long as this")
    }

    /// On a thread of its own: within a test's runtime no other may wait.
    fn rows(&self, query: &str) -> Vec<Row> {
        let ask = || self.runtime().block_on(self.client.query(query, &[]));
        std::thread::scope(|scope| scope.spawn(ask).join())
            .expect("the thread ends")
            .unwrap_or_else(|error| panic!("{query}: {}", super::postgres::words(&error)))
    }

    fn run(&self, words: &str) {
        let run = || self.runtime().block_on(self.client.batch_execute(words));
        std::thread::scope(|scope| scope.spawn(run).join())
            .expect("the thread ends")
            .unwrap_or_else(|error| panic!("{words}: {}", super::postgres::words(&error)));
    }
}

impl Hand {
    /// Does something; several things with semicolons between.
    pub fn run(&self, words: &str) {
        match self {
            Self::File(file) => file.execute_batch(words).expect(words),
            Self::Served(served) => served.run(words),
        }
    }

    /// One number.
    pub fn number(&self, query: &str) -> i64 {
        match self {
            Self::File(file) => file.query_row(query, [], |row| row.get(0)).expect(query),
            Self::Served(served) => served.rows(query)[0].get(0),
        }
    }

    /// Bytes.
    pub fn bytes(&self, query: &str) -> Vec<u8> {
        match self {
            Self::File(file) => file.query_row(query, [], |row| row.get(0)).expect(query),
            Self::Served(served) => served.rows(query)[0].get(0),
        }
    }

    /// A word.
    pub fn word(&self, query: &str) -> String {
        match self {
            Self::File(file) => file.query_row(query, [], |row| row.get(0)).expect(query),
            Self::Served(served) => served.rows(query)[0].get(0),
        }
    }

    /// The first column of every row.
    pub fn words(&self, query: &str) -> Vec<String> {
        match self {
            Self::File(file) => {
                let mut found = file.prepare(query).expect(query);
                let rows = found.query_map([], |row| row.get(0)).expect(query);
                rows.map(|row| row.expect(query)).collect()
            }
            Self::Served(served) => {
                let rows = served.rows(query);
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// An id and a number of each row.
    pub fn numbers(&self, query: &str) -> Vec<(Uuid, i64)> {
        match self {
            Self::File(file) => {
                let mut found = file.prepare(query).expect(query);
                let rows = found.query_map([], |row| {
                    let id: [u8; 16] = row.get(0)?;
                    Ok((Uuid::from_bytes(id), row.get(1)?))
                });
                rows.and_then(Iterator::collect).expect(query)
            }
            Self::Served(served) => {
                let rows = served.rows(query);
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
        }
    }

    /// An id, as a statement says it.
    pub fn id(&self, id: Uuid) -> String {
        match self {
            Self::File(_) => format!("x'{}'", id.simple()),
            Self::Served(_) => format!("'{id}'"),
        }
    }

    /// Yes or no, as a statement says it.
    pub fn truth(&self, yes: bool) -> String {
        match self {
            Self::File(_) => i32::from(yes).to_string(),
            Self::Served(_) => yes.to_string(),
        }
    }
}
