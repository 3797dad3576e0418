//! Opening the database: connections, the migrations, the role that works on it.
//!
//! Promises that two processes that start at once bring the schema up to date one after the other,
//! that no connection of the pool can see past row-level security, and that a URL which demands an
//! encrypted line is refused rather than served without one.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use protocol::ports::{Clock, Entropy};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use super::sql::{cause, failed};
use crate::store::StoreError;

mod embedded {
    refinery::embed_migrations!("../../migrations/cloud/postgres");
}

/// Connections of one process. A push that waits for its tenant's clock holds one.
const CONNECTIONS: usize = 16;
/// How long a connection may take to come about, and a request to get one.
const PATIENCE: Duration = Duration::from_secs(10);
/// A line that is silent this long is asked whether anybody is there.
const SILENCE: Duration = Duration::from_secs(30);
/// "Holdfast" to whoever asks for advisory locks on this server.
const MIGRATING: i64 = 0x0048_4F4C_4446_4153;

/// What every connection begins with. A transaction that stands still holds its tenant's clock: it
/// is ended, so that a process that hangs stops nobody else for long.
const MANNERS: &str = "SET lock_timeout = '10s'; SET statement_timeout = '60s'; \
                       SET idle_in_transaction_session_timeout = '30s'; SET jit = off";

/// What asks for an encrypted line, in a URL.
const WITH_TLS: [&str; 3] = ["require", "verify-ca", "verify-full"];

/// Reads the URL; says what is wrong with it.
pub(super) fn config(url: &str) -> Result<Config, StoreError> {
    let doing = "reading the database's URL";
    let mut options = url.split(['?', '&']);
    let mode = options.find_map(|option| option.strip_prefix("sslmode="));
    if let Some(mode) = mode.filter(|mode| WITH_TLS.contains(mode)) {
        let cause = format!(
            "sslmode={mode} demands TLS, and this program speaks to PostgreSQL without: reach it by a socket, a private network or a tunnel, and leave sslmode out"
        );
        return Err(StoreError::Failed { doing, cause });
    }
    let mut config = Config::from_str(url).map_err(|error| StoreError::Failed {
        doing,
        cause: cause(&error),
    })?;
    if let Some(host) = far_away(&config) {
        tracing::warn!(
            host,
            "the line to the database is not encrypted: it must be a private network or a tunnel"
        );
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    if config.get_application_name().is_none() {
        config.application_name("holdfast-cloud");
    }
    config.keepalives_idle(SILENCE);
    Ok(config)
}

/// A host of the URL that is not this machine.
fn far_away(config: &Config) -> Option<&str> {
    config.get_hosts().iter().find_map(|host| match host {
        Host::Tcp(name) => {
            let address: Result<IpAddr, _> = name.parse();
            let here = address.map_or(name == "localhost", |address| address.is_loopback());
            (!here).then_some(name.as_str())
        }
        #[cfg(unix)]
        Host::Unix(_) => None,
    })
}

/// Brings the schema up to date, as whoever the URL names.
pub(super) async fn prepare(
    config: &Config,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<bool, StoreError> {
    let doing = "opening the database";
    let (mut client, connection) = config.connect(NoTls).await.map_err(failed(doing))?;
    // Ends by itself when the client is dropped.
    let speaking = tokio::spawn(connection);
    client
        .execute("SELECT pg_advisory_lock($1)", &[&MIGRATING])
        .await
        .map_err(failed(doing))?;
    migrate(&mut client).await?;
    make_epoch(&client, clock, entropy).await?;
    let walled = wall_in(&client).await?;
    drop(client);
    let _ = speaking.await;
    Ok(walled)
}

async fn migrate(client: &mut Client) -> Result<(), StoreError> {
    let Err(error) = embedded::migrations::runner().run_async(client).await else {
        return Ok(());
    };
    if let refinery::error::Kind::MissingVersion(migration) = error.kind() {
        return Err(StoreError::Newer {
            cause: format!("migration {migration} is not known here"),
        });
    }
    Err(StoreError::Failed {
        doing: "bringing the database up to date",
        cause: error.to_string(),
    })
}

async fn make_epoch(
    client: &Client,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<(), StoreError> {
    let mut random = [0; 16];
    entropy.fill(&mut random);
    let fresh = uuid::Builder::from_random_bytes(random).into_uuid();
    client
        .execute(
            "INSERT INTO cloud (only_row, cloud_epoch, created_at_ms) VALUES (1, $1, $2)
             ON CONFLICT (only_row) DO NOTHING",
            &[&fresh, &clock.wall_ms()],
        )
        .await
        .map_err(failed("making the cloud's epoch"))?;
    Ok(())
}

/// Whether the URL's user must work as `holdfast_app`, because it could see past the wall itself;
/// the role is there then, with its rights on every table.
async fn wall_in(client: &Client) -> Result<bool, StoreError> {
    let doing = "making the role of the program";
    let who = client
        .query_one(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .await
        .map_err(failed(doing))?;
    let sees_everything: bool = who.try_get(0).map_err(failed(doing))?;
    if sees_everything {
        let role = include_str!("app_role.sql");
        client.batch_execute(role).await.map_err(failed(doing))?;
    }
    Ok(sees_everything)
}

/// The pool of connections that serve.
pub(super) fn pool(config: Config, walled: bool) -> Result<Pool, StoreError> {
    let keeping = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manners = if walled {
        format!("{MANNERS}; SET ROLE holdfast_app")
    } else {
        MANNERS.to_owned()
    };
    let on_first = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
        let manners = manners.clone();
        Box::pin(async move {
            let set = client.batch_execute(&manners).await;
            set.map_err(HookError::Backend)
        })
    });
    Pool::builder(Manager::from_config(config, NoTls, keeping))
        .max_size(CONNECTIONS)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(PATIENCE))
        .post_create(on_first)
        .build()
        .map_err(|error| StoreError::Failed {
            doing: "making the pool of connections",
            cause: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_demands_an_encrypted_line_is_refused_in_words_without_its_password() {
        for mode in WITH_TLS {
            for tail in ["", "&application_name=x"] {
                let url = format!("postgres://ann:secret@db/cloud?sslmode={mode}{tail}");
                let refused = config(&url).unwrap_err().to_string();
                let names = refused.contains(&format!("sslmode={mode}"));
                assert!(names && refused.contains("tunnel"), "{refused}");
                assert!(!refused.contains("secret"), "{refused}");
            }
        }
        for rest in ["", "?sslmode=disable", "?sslmode=prefer&connect_timeout=3"] {
            let url = format!("postgres://ann:secret@db/cloud{rest}");
            assert!(config(&url).is_ok(), "{rest:?} demands nothing");
        }
    }

    #[test]
    fn a_database_on_another_machine_is_told_from_one_on_this() {
        for (host, far) in [
            ("localhost", false),
            ("127.0.0.1", false),
            ("[::1]", false),
            ("%2Fvar%2Frun%2Fpostgresql", false),
            ("10.0.0.7", true),
            ("db.example", true),
        ] {
            let config = config(&format!("postgres://ann@{host}/cloud")).unwrap();
            assert_eq!(far_away(&config).is_some(), far, "{host}");
        }
    }
}
