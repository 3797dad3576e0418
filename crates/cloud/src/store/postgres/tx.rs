//! Transactions on a pooled connection, and round trips.
//!
//! Promises that every transaction has the tenant it was begun for in `holdfast.tenant`, which is
//! what row-level security shows rows by; that a write is flushed when its `COMMIT` is answered;
//! and that a connection whose transaction was not ended in order (an error, a request cut off)
//! is closed and never used again.
//!
//! A round trip costs more than most statements, so statements that do not need each other's
//! answers are sent together: the server runs them in the order in which they were sent.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::{Object, Pool};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row, Statement};
use uuid::Uuid;

use super::sql::failed;
use crate::store::StoreError;

/// A parameter, as the driver takes it.
pub(super) type Param<'a> = &'a (dyn ToSql + Sync);
/// A parameter that a statement to be sent later owns.
pub(super) type Value<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// A statement with its values, ready to be sent among others.
pub(super) struct Write<'a> {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value<'a>>,
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Reads one snapshot; cannot write.
    Read,
    /// Writes; each statement sees what was committed before it began.
    Write,
}

/// What row-level security goes by until the transaction ends.
fn set_tenant(tenant: Uuid) -> String {
    format!("SET LOCAL holdfast.tenant = '{tenant}'")
}

/// A connection with a transaction on it, or about to be.
pub(super) struct Tx {
    client: Option<Object>,
}

impl Tx {
    /// Takes a connection; nothing is sent yet.
    pub(super) async fn take(pool: &Pool, doing: &'static str) -> Result<Self, StoreError> {
        let client = pool.get().await.map_err(|error| StoreError::Failed {
            doing,
            cause: format!("no connection to the database: {error}"),
        })?;
        Ok(Self {
            client: Some(client),
        })
    }

    /// Takes a connection and begins.
    pub(super) async fn open(
        pool: &Pool,
        doing: &'static str,
        mode: Mode,
        tenant: Option<Uuid>,
    ) -> Result<Self, StoreError> {
        let tx = Self::take(pool, doing).await?;
        tx.begin(mode, tenant).await.map_err(failed(doing))?;
        Ok(tx)
    }

    /// Sends the beginning: with its first poll, so that what is polled after it runs within.
    pub(super) async fn begin(&self, mode: Mode, tenant: Option<Uuid>) -> Result<(), Error> {
        let mut words = String::from(match mode {
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => {
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on"
            }
        });
        if let Some(tenant) = tenant {
            words.push_str("; ");
            words.push_str(&set_tenant(tenant));
        }
        self.client().batch_execute(&words).await
    }

    /// From here on the transaction is this tenant's.
    pub(super) async fn turn_to(&self, tenant: Uuid) -> Result<(), Error> {
        self.client().batch_execute(&set_tenant(tenant)).await
    }

    /// Asks; the statement is prepared once for each connection.
    pub(super) async fn query(
        &self,
        sql: &'static str,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, Error> {
        let statement = self.client().prepare_cached(sql).await?;
        self.client().query(&statement, params).await
    }

    /// Asks for a row that there is or is not.
    pub(super) async fn query_opt(
        &self,
        sql: &'static str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, Error> {
        let statement = self.client().prepare_cached(sql).await?;
        self.client().query_opt(&statement, params).await
    }

    /// Writes; says how many rows it changed.
    pub(super) async fn execute(
        &self,
        sql: &'static str,
        params: &[Param<'_>],
    ) -> Result<u64, Error> {
        let statement = self.client().prepare_cached(sql).await?;
        self.client().execute(&statement, params).await
    }

    /// Sends a statement that is prepared already: with its first poll, in the order of polling.
    pub(super) async fn ask_one(
        &self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<Row, Error> {
        self.client().query_one(statement, params).await
    }

    /// Runs words of our own that take no values.
    pub(super) async fn run(&self, words: &str) -> Result<(), Error> {
        self.client().batch_execute(words).await
    }

    /// A statement that this connection knows from here on.
    pub(super) async fn prepare(&self, sql: &'static str) -> Result<Statement, Error> {
        self.client().prepare_cached(sql).await
    }

    /// Sends all writes and waits for all: one round trip. The first refusal, if there is one.
    pub(super) async fn write(&self, writes: &[Write<'_>]) -> Result<(), Error> {
        let statements = self.prepare_all(writes).await?;
        let sent = writes.iter().zip(&statements).map(|(write, statement)| {
            let sending: Sending<'_> = Box::pin(self.send(statement, write));
            sending
        });
        first_refusal(in_order(sent.collect()).await)
    }

    /// Sends all writes and the `COMMIT` behind them: one round trip. If a write is refused, the
    /// server takes the whole transaction back, and this is the refusal.
    pub(super) async fn write_and_commit(mut self, writes: &[Write<'_>]) -> Result<(), Error> {
        let statements = self.prepare_all(writes).await?;
        let mut sent: Vec<Sending<'_>> = Vec::with_capacity(writes.len() + 1);
        for (write, statement) in writes.iter().zip(&statements) {
            sent.push(Box::pin(self.send(statement, write)));
        }
        sent.push(Box::pin(self.client().batch_execute("COMMIT")));
        let ended = in_order(sent).await;
        // The COMMIT was answered: the transaction is over, one way or the other.
        if ended.last().is_some_and(Result::is_ok) {
            self.give_back();
        }
        first_refusal(ended)
    }

    async fn prepare_all(&self, writes: &[Write<'_>]) -> Result<Vec<Statement>, Error> {
        let mut statements = Vec::with_capacity(writes.len());
        for write in writes {
            statements.push(self.prepare(write.sql).await?);
        }
        Ok(statements)
    }

    async fn send(&self, statement: &Statement, write: &Write<'_>) -> Result<(), Error> {
        let values: Vec<Param<'_>> = write.values.iter().map(|value| &**value as _).collect();
        self.client().execute(statement, &values).await.map(drop)
    }

    /// Ends in order; what was written is flushed.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        self.client().batch_execute("COMMIT").await?;
        self.give_back();
        Ok(())
    }

    /// Ends in order; nothing was written.
    pub(super) async fn rollback(mut self) -> Result<(), Error> {
        self.client().batch_execute("ROLLBACK").await?;
        self.give_back();
        Ok(())
    }

    /// The connection goes back to the pool; its transaction is over.
    fn give_back(&mut self) {
        self.client = None;
    }

    fn client(&self) -> &Object {
        // Only the last steps of a transaction take it, and they take the transaction itself.
        self.client
            .as_ref()
            .expect("a transaction that is not over has its connection")
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // Not ended in order: closing the connection makes the server take everything back.
            drop(Object::take(client));
        }
    }
}

/// One question in a transaction of its own, in one round trip.
pub(super) async fn ask(
    pool: &Pool,
    doing: &'static str,
    tenant: Option<Uuid>,
    sql: &'static str,
    params: &[Param<'_>],
) -> Result<Vec<Row>, StoreError> {
    let mut tx = Tx::take(pool, doing).await?;
    let statement = tx.prepare(sql).await.map_err(failed(doing))?;
    let answered = tokio::try_join!(
        biased;
        tx.begin(Mode::Read, tenant),
        tx.client().query(&statement, params),
        tx.run("COMMIT"),
    );
    let (_begun, rows, _ended) = answered.map_err(failed(doing))?;
    tx.give_back();
    Ok(rows)
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

fn first_refusal(ended: Vec<Result<(), Error>>) -> Result<(), Error> {
    ended.into_iter().collect()
}

/// Polls all, always in their order: what is first in the list is first on the wire. Waits for all,
/// also behind a refusal, so that nothing is left unread on the connection.
async fn in_order(mut sent: Vec<Sending<'_>>) -> Vec<Result<(), Error>> {
    let mut ended: Vec<Option<Result<(), Error>>> = sent.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut waiting = false;
        for (sending, end) in sent.iter_mut().zip(&mut ended) {
            if end.is_none() {
                match sending.as_mut().poll(context) {
                    Poll::Ready(answer) => *end = Some(answer),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    ended.into_iter().flatten().collect()
}
