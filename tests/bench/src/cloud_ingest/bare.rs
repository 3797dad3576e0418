//! The yardstick: the rows that the store wrote, sent to a database of the same schema by a loop
//! that only sends.
//!
//! Promises the same tables with the same keys and indexes, the same tenant's clock first, the same
//! flush, and as many connections as there are tills; no row-level security, no reading, no deciding.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Row, Statement};
use uuid::Uuid;

use super::server::Server;
use super::{Case, Taken, WARMING, taken};
use crate::samples::Samples;

/// Tables whose rows a batch adds, with the column that tells whose batch they are.
const ADDED: [&str; 3] = ["op_log", "sale", "stock_ledger"];

/// One column of many rows.
type Column = Box<dyn ToSql + Sync + Send>;

/// One statement of a batch.
struct Insert {
    sql: Arc<str>,
    columns: Vec<Column>,
}

/// One batch's rows.
pub(crate) struct Batch(Vec<Insert>);

/// A connection of the server's superuser.
async fn connect(server: &Server, database: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(&server.url(database), NoTls).await?;
    // Ends with the client.
    tokio::spawn(connection);
    Ok(client)
}

/// An empty database of this name.
pub(crate) async fn fresh_database(server: &Server, name: &str) -> Result<()> {
    forget_database(server, name).await?;
    let client = connect(server, "postgres").await?;
    Ok(client
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .await?)
}

/// Removes it, whoever is still connected.
pub(crate) async fn forget_database(server: &Server, name: &str) -> Result<()> {
    let client = connect(server, "postgres").await?;
    let words = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    Ok(client.batch_execute(&words).await?)
}

/// The rows of every batch, in the order in which they were committed.
pub(crate) async fn rows(server: &Server, database: &str, size: usize) -> Result<Vec<Batch>> {
    let client = connect(server, database).await?;
    let last: i64 = client
        .query_one("SELECT max(rv) FROM op_log", &[])
        .await?
        .get(0);
    let size = i64::try_from(size)?;
    let mut batches = Vec::new();
    let mut first = 1;
    while first <= last {
        let mut inserts = Vec::new();
        for table in ADDED {
            inserts.push(added(&client, table, first, first + size - 1).await?);
        }
        inserts.extend(moved(&client, first, first + size - 1).await?);
        batches.push(Batch(inserts));
        first += size;
    }
    Ok(batches)
}

/// The rows of one table, as columns.
async fn added(client: &Client, table: &str, first: i64, last: i64) -> Result<Insert> {
    let rows = client
        .query(
            &format!("SELECT * FROM {table} WHERE rv BETWEEN $1 AND $2 ORDER BY rv"),
            &[&first, &last],
        )
        .await?;
    let columns = rows.first().context("a batch has rows")?.columns();
    let (mut names, mut types, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (index, column) in columns.iter().enumerate() {
        names.push(column.name());
        types.push(format!("${}::{}[]", index + 1, column.type_().name()));
        values.push(column_of(&rows, index, column.type_())?);
    }
    let (names, types) = (names.join(", "), types.join(", "));
    Ok(Insert {
        sql: format!("INSERT INTO {table} ({names}) SELECT * FROM unnest({types})").into(),
        columns: values,
    })
}

fn column_of(rows: &[Row], index: usize, kind: &Type) -> Result<Column> {
    Ok(match *kind {
        Type::UUID => Box::new(all::<Option<Uuid>>(rows, index)?),
        Type::INT8 => Box::new(all::<Option<i64>>(rows, index)?),
        Type::BOOL => Box::new(all::<Option<bool>>(rows, index)?),
        Type::TEXT => Box::new(all::<Option<String>>(rows, index)?),
        Type::BYTEA => Box::new(all::<Option<Vec<u8>>>(rows, index)?),
        ref other => bail!("a column of type {other}: teach the bare loop to send it"),
    })
}

fn all<'r, T: tokio_postgres::types::FromSql<'r>>(rows: &'r [Row], index: usize) -> Result<Vec<T>> {
    let each = rows.iter().map(|row| Ok(row.try_get(index)?));
    each.collect()
}

/// What a batch changes in place: stock, the stream's head; and its key.
async fn moved(client: &Client, first: i64, last: i64) -> Result<Vec<Insert>> {
    let range: [&(dyn ToSql + Sync); 2] = [&first, &last];
    let stock = "SELECT product_id, sum(delta_milli)::bigint FROM stock_ledger
                 WHERE rv BETWEEN $1 AND $2 GROUP BY product_id ORDER BY product_id";
    let stock = client.query(stock, &range).await?;
    let head = "SELECT tenant, segment, till, seq, chain, received_at_ms FROM op_log
                WHERE rv BETWEEN $1 AND $2 ORDER BY seq DESC LIMIT 1";
    let head = client.query_one(head, &range).await?;
    let (tenant, segment, till): (Uuid, Uuid, Uuid) = (head.get(0), head.get(1), head.get(2));
    let (seq, chain, at_ms): (i64, Vec<u8>, i64) = (head.get(3), head.get(4), head.get(5));
    Ok(vec![
        Insert {
            sql: "INSERT INTO stock AS now (tenant, branch, product_id, quantity_milli, tracked, rv)
                  SELECT $1, $2, product_id, delta, false, $3
                  FROM unnest($4::uuid[], $5::bigint[]) AS moved (product_id, delta)
                  ON CONFLICT (tenant, branch, product_id) DO UPDATE
                  SET quantity_milli = now.quantity_milli + excluded.quantity_milli, rv = excluded.rv"
                .into(),
            columns: vec![
                Box::new(tenant),
                Box::new(Uuid::from_u128(1)),
                Box::new(last),
                Box::new(all::<Uuid>(&stock, 0)?),
                Box::new(all::<i64>(&stock, 1)?),
            ],
        },
        Insert {
            sql: "INSERT INTO stream_head (tenant, segment, till, first_seq, seq, chain, rv)
                  VALUES ($1, $2, $3, 1, $4, $5, $6)
                  ON CONFLICT (tenant, segment)
                  DO UPDATE SET seq = excluded.seq, chain = excluded.chain, rv = excluded.rv"
                .into(),
            columns: vec![
                Box::new(tenant),
                Box::new(segment),
                Box::new(till),
                Box::new(seq),
                Box::new(chain.clone()),
                Box::new(last),
            ],
        },
        Insert {
            sql: "INSERT INTO idempotency_key (tenant, till, route, key, fingerprint, seen_at_ms)
                  VALUES ($1, $2, 'push', $3, $4, $5)"
                .into(),
            columns: vec![
                Box::new(tenant),
                Box::new(till),
                Box::new(Uuid::from_u128(u128::try_from(last)?)),
                Box::new(chain),
                Box::new(at_ms),
            ],
        },
    ])
}

/// Sends all batches over as many connections as the case has tills.
pub(crate) async fn insert_all(
    server: &Server,
    database: &str,
    batches: Vec<Batch>,
    case: &Case,
) -> Result<Taken> {
    let client = connect(server, database).await?;
    client
        .batch_execute(&format!(
            "INSERT INTO tenant VALUES ('{0}', 'Pier', 0); INSERT INTO tenant_clock VALUES ('{0}', 0)",
            Uuid::from_u128(0xacce)
        ))
        .await?;
    let tills = usize::from(case.tills);
    let mut shares: Vec<Vec<Batch>> = (0..tills).map(|_| Vec::new()).collect();
    for (number, batch) in batches.into_iter().enumerate() {
        shares[number % tills].push(batch);
    }
    let mut measured = Vec::new();
    for share in &mut shares {
        measured.push(share.split_off(WARMING.min(share.len())));
    }
    let mut senders = Vec::new();
    for share in shares {
        let client = connect(server, database).await?;
        send(&client, share).await?;
        senders.push(client);
    }
    let ops = case.size * measured.iter().map(Vec::len).sum::<usize>();
    let begun = Instant::now();
    let sending = senders.into_iter().zip(measured);
    let sending =
        sending.map(|(client, share)| tokio::spawn(async move { send(&client, share).await }));
    let mut times = Samples::default();
    for sent in sending.collect::<Vec<_>>() {
        times.join(&sent.await??);
    }
    Ok(taken(ops, begun.elapsed(), times))
}

async fn send(client: &Client, batches: Vec<Batch>) -> Result<Samples> {
    let clock = client
        .prepare("UPDATE tenant_clock SET v = v + 1 WHERE tenant = $1 RETURNING v")
        .await?;
    let mut known: Vec<(Arc<str>, Statement)> = Vec::new();
    let mut times = Samples::default();
    for batch in &batches {
        for insert in &batch.0 {
            if !known.iter().any(|(sql, _)| *sql == insert.sql) {
                known.push((Arc::clone(&insert.sql), client.prepare(&insert.sql).await?));
            }
        }
        let begun = Instant::now();
        send_one(client, &clock, &known, batch).await?;
        times.add(begun.elapsed());
    }
    Ok(times)
}

/// The whole batch at once: what is polled first is sent first, and all is sent before anything is
/// waited for.
async fn send_one(
    client: &Client,
    clock: &Statement,
    known: &[(Arc<str>, Statement)],
    batch: &Batch,
) -> Result<()> {
    let tenant = Uuid::from_u128(0xacce);
    let of: [&(dyn ToSql + Sync); 1] = [&tenant];
    let inserts = batch.0.iter().map(|insert| async move {
        let found = known.iter().find(|(sql, _)| *sql == insert.sql);
        let (_, statement) = found.context("every statement is prepared")?;
        let values: Vec<&(dyn ToSql + Sync)> =
            insert.columns.iter().map(|column| &**column as _).collect();
        client.execute(statement, &values).await?;
        anyhow::Ok(())
    });
    let (begun, ticked, inserted, ended) = tokio::join!(
        biased;
        client.batch_execute("BEGIN"),
        client.query_one(clock, &of),
        futures_util::future::try_join_all(inserts),
        client.batch_execute("COMMIT"),
    );
    begun?;
    ticked?;
    inserted?;
    Ok(ended?)
}
