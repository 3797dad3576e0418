//! `holdfast-cloud`: reads the command line, starts the tracing, runs one command.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use cloud::cli::{Cli, Command};
use cloud::database::Database;
use cloud::ports::{OsEntropy, SystemClock};
use cloud::server::{Cloud, Ports};
use cloud::store::Store;
use cloud::store::postgres::PgStore;
use cloud::store::sqlite::SqliteStore;
use cloud::{desk, server};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    trace();
    let ports = Ports {
        clock: Arc::new(SystemClock::new()),
        entropy: Arc::new(OsEntropy),
    };
    match Cli::parse().command {
        Command::Serve {
            listen,
            database,
            exit_with_parent,
        } => {
            let store = open(&database, &ports).await?;
            let cloud = Cloud::bind(listen, store, ports).await?;
            say(&format!("listening on http://{}", cloud.address()))?;
            cloud
                .serve_until(server::asked_to_stop(exit_with_parent))
                .await?;
        }
        Command::EnrolCode {
            database,
            tenant,
            branch,
        } => {
            let store = open(&database, &ports).await?;
            say(&desk::enrol_code(&*store, &ports, &tenant, &branch).await?)?;
        }
        Command::ReadToken { database, tenant } => {
            let store = open(&database, &ports).await?;
            say(&desk::read_token(&*store, &ports, &tenant).await?)?;
        }
    }
    Ok(())
}

async fn open(database: &Database, ports: &Ports) -> anyhow::Result<Arc<dyn Store>> {
    let (clock, entropy) = (&*ports.clock, &*ports.entropy);
    let said = || format!("cannot open {database}");
    Ok(match database {
        Database::Sqlite(path) => {
            Arc::new(SqliteStore::open(path, clock, entropy).with_context(said)?)
        }
        Database::Postgres(url) => {
            let opened = PgStore::open(url, clock, entropy).await;
            Arc::new(opened.with_context(said)?)
        }
    })
}

/// The one line a command is asked for; scripts read it, so it goes to stdout alone and at once.
fn say(line: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()?;
    Ok(())
}

/// Logs go to stderr; `RUST_LOG` chooses, `info` if it says nothing.
fn trace() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
}
