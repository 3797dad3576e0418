//! Opening the database: connections, the migrations, the role that works on it.
//!
//! Promises that two processes that start at once bring the schema up to date one after the other,
//! and that no connection of the pool can see past row-level security.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use protocol::ports::{Clock, Entropy};
use tokio_postgres::Client;

use super::line::Line;
use super::sql::failed;
use crate::store::StoreError;

mod embedded {
    refinery::embed_migrations!("../../migrations/cloud/postgres");
}

/// Connections of one process. A push that waits for its tenant's clock holds one.
const CONNECTIONS: usize = 16;
/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// "Holdfast" to whoever asks for advisory locks on this server.
const MIGRATING: i64 = 0x0048_4F4C_4446_4153;

/// What every connection begins with. A transaction that stands still holds its tenant's clock: it
/// is ended, so that a process that hangs stops nobody else for long.
const MANNERS: &str = "SET lock_timeout = '10s'; SET statement_timeout = '60s'; \
                       SET idle_in_transaction_session_timeout = '30s'; SET jit = off";

/// Brings the schema up to date, as whoever the URL names.
pub(super) async fn prepare(
    line: &Line,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<bool, StoreError> {
    let doing = "opening the database";
    let connecting = line.config.connect(line.tls.clone());
    let (mut client, connection) = connecting.await.map_err(failed(doing))?;
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
    // Grouped: what a migration does and the note that it was done are one commit.
    let runner = embedded::migrations::runner().set_grouped(true);
    let Err(error) = runner.run_async(client).await else {
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
pub(super) fn pool(line: Line, walled: bool) -> Result<Pool, StoreError> {
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
    Pool::builder(Manager::from_config(line.config, line.tls, keeping))
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
