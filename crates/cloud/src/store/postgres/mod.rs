//! The PostgreSQL store: any number of processes on one database, none of which keeps anything
//! that another may change.
//!
//! Only here is tokio-postgres named in the cloud. Promises what [`CloudStore`] asks: a push is one
//! transaction that begins with the tenant's clock and is flushed (`synchronous_commit = on`) when
//! it is answered. A connection that breaks, a lock that does not come, a deadlock: a
//! [`StoreError`], which says nothing about an op; the till tries again.
//!
//! Conventions of this folder, one file for each concern, as in `store/sqlite`:
//!
//! - A table's tenant comes first in every key; every statement names `tenant = $1` *and* runs in a
//!   transaction of that tenant ([`tx::Tx::open`], [`tx::ask`]): row-level security refuses what a
//!   statement forgot. Reference tables (see migration V1) are read with no tenant.
//! - One question: [`tx::ask`], one round trip. Several that must agree, or writes: [`tx::Tx`],
//!   ended by `commit` or `rollback`; dropped otherwise, its connection is closed. A write that
//!   takes row versions begins with `UPDATE tenant_clock … RETURNING v`.
//! - SQL of more than a few lines lies beside the code as `name.sql`, taken in by `include_str!`.
//!   Many rows go as arrays (`= ANY ($2)`, `unnest`), never one statement for each.
//! - Columns are read by name with [`sql::get`], [`sql::counter`], [`sql::fixed`]; text that came
//!   from a till goes in through [`sql::text`]; segments are `uuid`, hashes `bytea`, JSON `text`.

mod admin;
mod epoch;
mod line;
mod open;
mod pull;
mod push;
mod reports;
mod sql;
mod streams;
mod tenancy;
mod tx;

use std::path::PathBuf;

use deadpool_postgres::Pool;
use protocol::SegmentId;
use protocol::audit::Counts;
use protocol::ports::{Clock, Entropy};
use protocol::wire::{CloudHead, OpsPage};
use uuid::Uuid;

use self::line::Line;
use super::{
    CloudStore, CodeWanted, EnrolRefused, EnrolWanted, Enrolled, Later, Page, PushAnswered,
    PushJob, Reach, SaleRow, StockRow, StoreError, TillCredential, TokenWanted,
};

/// The cloud's memory in a PostgreSQL database.
#[derive(Debug)]
pub struct PgStore {
    pool: Pool,
    cursor_key: [u8; 32],
    token_key: super::admin::TokenKeyBytes,
    cache_folder: PathBuf,
}

impl PgStore {
    /// Opens the database that the URL names and brings it to this program's schema.
    pub async fn open(
        url: &str,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        let line = Line::of(url)?;
        let walled = open::prepare(&line, clock, entropy).await?;
        let pool = open::pool(line, walled)?;
        push::unpark::all(&pool, clock.wall_ms()).await?;
        Ok(Self {
            cursor_key: pull::cursor_key(&pool, entropy).await?,
            token_key: admin::keys::token_key(&pool, clock, entropy).await?,
            cache_folder: pull::cache_folder(entropy),
            pool,
        })
    }
}

impl CloudStore for PgStore {
    fn cloud_epoch(&self) -> Later<'_, Uuid> {
        let doing = "reading the cloud's epoch";
        Box::pin(async move {
            let rows = tx::ask(
                &self.pool,
                doing,
                None,
                "SELECT cloud_epoch FROM cloud",
                &[],
            );
            let rows = rows.await?;
            let row = rows.first().ok_or(StoreError::Stopped { doing })?;
            sql::get(row, "cloud_epoch")
        })
    }

    fn bump_epoch(&self, was: Uuid, fresh: Uuid) -> Later<'_, Uuid> {
        Box::pin(epoch::bump(&self.pool, was, fresh))
    }

    fn make_code(&self, wanted: CodeWanted) -> Later<'_, ()> {
        Box::pin(async move { tenancy::make_code(&self.pool, &wanted).await })
    }

    fn make_read_token(&self, wanted: TokenWanted) -> Later<'_, bool> {
        Box::pin(async move { tenancy::make_read_token(&self.pool, &wanted).await })
    }

    fn enrol(&self, wanted: EnrolWanted) -> Later<'_, Result<Enrolled, EnrolRefused>> {
        Box::pin(async move { tenancy::enrol(&self.pool, &wanted).await })
    }

    fn till(&self, till: Uuid) -> Later<'_, Option<TillCredential>> {
        Box::pin(tenancy::till(&self.pool, till))
    }

    fn token_tenant(&self, token_hash: [u8; 32]) -> Later<'_, Option<Uuid>> {
        Box::pin(async move { tenancy::token_tenant(&self.pool, &token_hash).await })
    }

    fn heads(&self, tenant: Uuid, till: Uuid) -> Later<'_, Vec<CloudHead>> {
        Box::pin(streams::heads(&self.pool, tenant, till))
    }

    fn push(&self, job: PushJob) -> Later<'_, PushAnswered> {
        Box::pin(async move { push::push(&self.pool, &job).await })
    }

    fn ops(&self, tenant: Uuid, till: Uuid, segment: SegmentId, from: u64) -> Later<'_, OpsPage> {
        Box::pin(streams::ops(&self.pool, (tenant, till), segment, from))
    }

    fn audit(&self, tenant: Uuid, till: Uuid) -> Later<'_, Counts> {
        Box::pin(streams::audit(&self.pool, tenant, till))
    }

    fn sales(&self, reach: Reach, page: Page) -> Later<'_, Vec<SaleRow>> {
        Box::pin(reports::sales(&self.pool, reach, page))
    }

    fn stock(&self, reach: Reach, page: Page) -> Later<'_, Vec<StockRow>> {
        Box::pin(reports::stock(&self.pool, reach, page))
    }

    fn ping(&self) -> Later<'_, ()> {
        Box::pin(async move {
            let doing = "asking for a sign of life";
            tx::ask(&self.pool, doing, None, "SELECT 1", &[])
                .await
                .map(drop)
        })
    }
}
