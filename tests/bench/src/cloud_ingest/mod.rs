//! What the cloud takes in: ops a second and the time of a batch, on both stores, beside a bare loop
//! that sends the same rows to the same PostgreSQL.
//!
//! The stores are spoken to directly, without HTTP: what is measured is what a push costs from the
//! parsed request to the flushed answer, with its signature, its chain, its judgement. The bare loop
//! knows all rows beforehand and only inserts them, many rows to a statement, every statement of a
//! batch and its `COMMIT` sent at once: nothing that uses the database can be much faster.

mod bare;
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "shared with the cloud's tests"
)]
#[path = "../../../../crates/cloud/tests/common/body.rs"]
mod body;
mod sellers;
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "shared with the cloud's tests"
)]
#[path = "../../../../crates/cloud/tests/common/postgres/server.rs"]
mod server;
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::pedantic,
    reason = "shared with the cloud's tests"
)]
#[path = "../../../../crates/cloud/tests/common/till.rs"]
mod till;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cloud::ports::{OsEntropy, SystemClock};
use cloud::store::postgres::PgStore;
use cloud::store::sqlite::SqliteStore;
use cloud::store::{CloudStore, PushAnswered, PushJob};
use protocol::Outcome;

use self::server::Server;
use crate::options::{Options, remove};
use crate::report::Report;
use crate::samples::Samples;

/// Tills that push at the same time.
const TILLS: [u8; 3] = [1, 4, 16];
/// Ops of a batch, and how many batches are measured.
const BATCHES: [(usize, usize); 3] = [(1, 480), (50, 160), (500, 48)];
/// The same, small.
const FEW: [(usize, usize); 3] = [(1, 96), (50, 32), (500, 16)];
/// Batches of each till that are not measured: statements are prepared, files have a size.
const WARMING: usize = 2;

/// Everything that one case took.
pub(crate) struct Taken {
    /// Of all tills together.
    ops_a_second: f64,
    /// One for each batch.
    times: Samples,
}

/// Measures every case.
pub(crate) fn measure(options: &Options, report: &mut Report) -> Result<()> {
    report.bench("cloud-ingest");
    let folder = options.fresh("cloud-ingest")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let server = Server::running(&folder).context("a PostgreSQL of our own")?;
    let batches = if options.quick { FEW } else { BATCHES };
    for (size, count) in batches {
        for tills in TILLS {
            let case = Case {
                tills,
                size,
                each: count.div_ceil(usize::from(tills)) + WARMING,
            };
            runtime.block_on(case.measure(&folder, &server, report))?;
        }
    }
    drop(server);
    remove(&folder.join("sqlite"))
}

/// So many tills, each with so many batches of one size.
struct Case {
    tills: u8,
    size: usize,
    each: usize,
}

impl Case {
    async fn measure(&self, folder: &Path, server: &Server, report: &mut Report) -> Result<()> {
        let what = format!("{:>2} tills, {:>3} ops a batch", self.tills, self.size);
        let (clock, entropy) = (SystemClock::new(), OsEntropy);
        let name = format!("bench_{}_{}", self.tills, self.size);

        remove(&folder.join("sqlite"))?;
        let file = SqliteStore::open(&folder.join("sqlite/cloud.db"), &clock, &entropy)?;
        let sqlite = self.push_all(Arc::new(file)).await?;

        bare::fresh_database(server, &name).await?;
        let store = PgStore::open(&server.as_url(&name), &clock, &entropy).await?;
        let postgres = self.push_all(Arc::new(store)).await?;

        let beside = format!("{name}_bare");
        bare::fresh_database(server, &beside).await?;
        drop(PgStore::open(&server.as_url(&beside), &clock, &entropy).await?);
        let rows = bare::rows(server, &name, self.size).await?;
        let bare = bare::insert_all(server, &beside, rows, self).await?;
        for database in [&name, &beside] {
            bare::forget_database(server, database).await?;
        }

        let yardstick = ("bare inserts", &bare.times);
        report.times(&format!("{what}: bare inserts"), &bare.times, None);
        report.times(
            &format!("{what}: PostgreSQL"),
            &postgres.times,
            Some(yardstick),
        );
        report.times(&format!("{what}: SQLite"), &sqlite.times, None);
        let raw = bare.ops_a_second;
        let of_bare = Some(("bare inserts", raw));
        report.number(&format!("{what}: bare inserts"), raw, "ops/s", None);
        let ops = postgres.ops_a_second;
        report.number(&format!("{what}: PostgreSQL"), ops, "ops/s", of_bare);
        report.number(
            &format!("{what}: SQLite"),
            sqlite.ops_a_second,
            "ops/s",
            None,
        );
        Ok(())
    }

    /// Every till's batches, the tills side by side.
    async fn push_all(&self, store: Arc<dyn CloudStore>) -> Result<Taken> {
        let mut ready = Vec::new();
        for n in 1..=self.tills {
            ready.push(sellers::batches(&*store, n, self.size, self.each).await?);
        }
        let mut measured = Vec::new();
        for jobs in &mut ready {
            measured.push(jobs.split_off(WARMING));
        }
        side_by_side(&store, ready).await?;
        let ops = self.size * measured.iter().map(Vec::len).sum::<usize>();
        let begun = Instant::now();
        let times = side_by_side(&store, measured).await?;
        Ok(taken(ops, begun.elapsed(), times))
    }
}

fn taken(ops: usize, took: Duration, times: Samples) -> Taken {
    Taken {
        ops_a_second: ops as f64 / took.as_secs_f64(),
        times,
    }
}

async fn side_by_side(store: &Arc<dyn CloudStore>, all: Vec<Vec<PushJob>>) -> Result<Samples> {
    let pushing = all.into_iter().map(|jobs| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let mut times = Samples::default();
            for job in jobs {
                let begun = Instant::now();
                let said = store.push(job).await?;
                times.add(begun.elapsed());
                ensure!(all_accepted(&said), "a sale was not accepted: {said:?}");
            }
            Ok(times)
        })
    });
    let mut times = Samples::default();
    for pushed in pushing.collect::<Vec<_>>() {
        times.join(&pushed.await??);
    }
    Ok(times)
}

fn all_accepted(said: &PushAnswered) -> bool {
    let PushAnswered::Answer { answer, .. } = said else {
        return false;
    };
    let mut results = answer.runs.iter().flat_map(|run| &run.results).peekable();
    results.peek().is_some() && results.all(|result| result.outcome == Outcome::Accepted)
}
