//! The embedded store: one SQLite file, one writing thread, a few readers.
//!
//! Only here is rusqlite named in the cloud. Promises what [`CloudStore`] asks: a push is one
//! `BEGIN IMMEDIATE … COMMIT` with `synchronous = FULL`.

mod admin;
mod epoch;
mod open;
mod pull;
mod push;
mod readers;
mod reports;
mod sql;
mod streams;
mod tenancy;
mod writer;

use std::path::{Path, PathBuf};

use protocol::SegmentId;
use protocol::audit::Counts;
use protocol::ports::{Clock, Entropy};
use protocol::wire::{CloudHead, OpsPage};
use rusqlite::Transaction;
use sync::ingest::IngestNeeds;
use uuid::Uuid;

use self::readers::Readers;
use self::writer::Writer;
use super::{
    CloudStore, CodeWanted, EnrolRefused, EnrolWanted, Enrolled, Later, Page, PushAnswered,
    PushJob, Reach, SaleRow, StockRow, StoreError, TillCredential, TokenWanted,
};

/// The cloud's memory in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    token_key: super::admin::TokenKeyBytes,
    cursor_key: [u8; 32],
    cache_folder: PathBuf,
}

impl SqliteStore {
    /// Opens the file, making it if it is not there, and brings it to this program's schema.
    pub fn open(path: &Path, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let mut connection = open::writer(path)?;
        let cloud_epoch = open::epoch(&connection, clock, entropy)?;
        push::unpark::all(&mut connection, cloud_epoch, clock.wall_ms())?;
        Ok(Self {
            token_key: admin::keys::token_key(&connection, clock, entropy)?,
            cursor_key: pull::cursor_key(&connection, entropy)?,
            cache_folder: pull::cache_folder(path),
            writer: Writer::start(connection)?,
            readers: Readers::open(|| open::reader(path))?,
        })
    }
}

impl CloudStore for SqliteStore {
    fn cloud_epoch(&self) -> Later<'_, Uuid> {
        Box::pin(
            self.readers
                .read("reading the cloud's epoch", |snapshot| epoch::now(snapshot)),
        )
    }

    fn bump_epoch(&self, was: Uuid, fresh: Uuid) -> Later<'_, Uuid> {
        Box::pin(self.writer.transact("beginning a new epoch", move |tx| {
            epoch::bump(tx, was, fresh)
        }))
    }

    fn make_code(&self, wanted: CodeWanted) -> Later<'_, ()> {
        Box::pin(self.writer.transact("making an enrolment code", move |tx| {
            tenancy::make_code(tx, &wanted)
        }))
    }

    fn make_read_token(&self, wanted: TokenWanted) -> Later<'_, bool> {
        Box::pin(self.writer.transact("making a read token", move |tx| {
            tenancy::make_read_token(tx, &wanted)
        }))
    }

    fn enrol(&self, wanted: EnrolWanted) -> Later<'_, Result<Enrolled, EnrolRefused>> {
        Box::pin(
            self.writer
                .transact("enrolling a till", move |tx| tenancy::enrol(tx, &wanted)),
        )
    }

    fn till(&self, till: Uuid) -> Later<'_, Option<TillCredential>> {
        Box::pin(self.readers.read("looking a till up", move |snapshot| {
            tenancy::till(snapshot, till)
        }))
    }

    fn token_tenant(&self, token_hash: [u8; 32]) -> Later<'_, Option<Uuid>> {
        Box::pin(self.readers.read("looking a token up", move |snapshot| {
            tenancy::token_tenant(snapshot, &token_hash)
        }))
    }

    fn heads(&self, tenant: Uuid, till: Uuid) -> Later<'_, Vec<CloudHead>> {
        Box::pin(self.readers.read("reading heads", move |snapshot| {
            streams::heads(snapshot, tenant, till)
        }))
    }

    fn push(&self, job: PushJob) -> Later<'_, PushAnswered> {
        Box::pin(async move {
            // Reading the ops is the larger part of the work and needs no lock.
            let needs = IngestNeeds::of(&job.request);
            let act = move |tx: &mut Transaction<'_>| {
                let cloud_epoch = epoch::now(tx)?;
                push::push(tx, cloud_epoch, &job, &needs)
            };
            self.writer.transact("recording a push", act).await
        })
    }

    fn ops(&self, tenant: Uuid, till: Uuid, segment: SegmentId, from: u64) -> Later<'_, OpsPage> {
        Box::pin(self.readers.read("reading ops back", move |snapshot| {
            streams::ops(snapshot, (tenant, till), segment, from)
        }))
    }

    fn audit(&self, tenant: Uuid, till: Uuid) -> Later<'_, Counts> {
        Box::pin(self.readers.read("counting", move |snapshot| {
            streams::audit(snapshot, tenant, till)
        }))
    }

    fn sales(&self, reach: Reach, page: Page) -> Later<'_, Vec<SaleRow>> {
        Box::pin(self.readers.read("reading sales", move |snapshot| {
            reports::sales(snapshot, reach, page)
        }))
    }

    fn stock(&self, reach: Reach, page: Page) -> Later<'_, Vec<StockRow>> {
        Box::pin(self.readers.read("reading stock", move |snapshot| {
            reports::stock(snapshot, reach, page)
        }))
    }

    fn ping(&self) -> Later<'_, ()> {
        Box::pin(self.readers.read("asking for a sign of life", |snapshot| {
            snapshot
                .query_row("SELECT 1", [], |_| Ok(()))
                .map_err(sql::failed("asking for a sign of life"))
        }))
    }
}
