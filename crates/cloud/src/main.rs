//! `holdfast-cloud`: reads the command line, starts the tracing, runs one command.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use cloud::cli::{Cli, Command, LogForm, OperatorVerb, TenantVerb};
use cloud::database::Database;
use cloud::desk::TenantDesk;
use cloud::ports::{OsEntropy, SystemClock};
use cloud::server::{Cloud, Manners, Ports};
use cloud::store::postgres::PgStore;
use cloud::store::sqlite::SqliteStore;
use cloud::store::{Store, restored};
use cloud::{desk, server};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    trace(cli.log);
    let ports = Ports {
        clock: Arc::new(SystemClock::new()),
        entropy: Arc::new(OsEntropy),
    };
    match cli.command {
        Command::Serve {
            listen,
            database,
            exit_with_parent,
            min_app,
        } => {
            let store = open(&database, &ports).await?;
            let manners = Manners {
                min_app,
                ..Manners::default()
            };
            let cloud = Cloud::bind_with(listen, store, ports, manners).await?;
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
        Command::AdminToken { of, anew } => {
            let store = open(&of.database, &ports).await?;
            say(&desk::admin_token(&*store, &ports, &of.tenant, anew).await?)?;
        }
        Command::Restored { database } => {
            let store = open(&database, &ports).await?;
            let epoch = restored(&*store, &*ports.entropy).await?;
            say(&epoch.to_string())?;
        }
        office @ (Command::Tenant(_)
        | Command::Branch(_)
        | Command::Product(_)
        | Command::TaxClass(_)
        | Command::Operator(_)
        | Command::Tills(_)
        | Command::Conflicts(_)
        | Command::Salvage { .. }) => {
            for line in head_office(office, &ports).await? {
                say(&line)?;
            }
        }
    }
    Ok(())
}

/// Head office's verbs: what each has to say, a line a thing.
async fn head_office(command: Command, ports: &Ports) -> anyhow::Result<Vec<String>> {
    let of = match &command {
        Command::Tenant(TenantVerb::List { database }) => {
            let store = open(database, ports).await?;
            return Ok(desk::tenants(&*store).await?);
        }
        Command::Tenant(TenantVerb::Add(of)) => {
            let store = open(&of.database, ports).await?;
            return Ok(vec![desk::add_tenant(&*store, ports, &of.tenant).await?]);
        }
        Command::Branch(verb) => verb.of(),
        Command::Product(verb) => verb.of(),
        Command::TaxClass(verb) => verb.of(),
        Command::Operator(verb) => verb.of(),
        Command::Tills(verb) => verb.of(),
        Command::Conflicts(verb) => verb.of(),
        Command::Salvage { of, .. } => of,
        Command::Serve { .. }
        | Command::EnrolCode { .. }
        | Command::ReadToken { .. }
        | Command::AdminToken { .. }
        | Command::Restored { .. } => return Ok(Vec::new()),
    };
    let store = open(&of.database, ports).await?;
    let desk = TenantDesk::of(&*store, ports, &of.tenant).await?;
    Ok(match &command {
        Command::Branch(verb) => desk.branch(verb).await?,
        Command::Product(verb) => desk.product(verb).await?,
        Command::TaxClass(verb) => desk.tax_class(verb).await?,
        Command::Operator(verb) => desk.operator(verb, pin(verb)?.as_deref()).await?,
        Command::Tills(verb) => desk.till(verb).await?,
        Command::Conflicts(verb) => desk.conflict(verb).await?,
        Command::Salvage { file, .. } => desk.salvage(file).await?,
        Command::Tenant(_)
        | Command::Serve { .. }
        | Command::EnrolCode { .. }
        | Command::ReadToken { .. }
        | Command::AdminToken { .. }
        | Command::Restored { .. } => Vec::new(),
    })
}

/// The first line of standard input, when an operator is made.
fn pin(verb: &OperatorVerb) -> anyhow::Result<Option<String>> {
    match verb {
        OperatorVerb::List(_) => Ok(None),
        OperatorVerb::Add { .. } => {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line)?;
            Ok(Some(line.trim().to_owned()).filter(|pin| !pin.is_empty()))
        }
    }
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
fn trace(form: LogForm) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false);
    match form {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().flatten_event(true).init(),
    }
}
