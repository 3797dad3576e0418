//! The vault's front: open, transact, read, health, verify.

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use journal::{Disk, RealDisk};
use protocol::TillIdentity;
use protocol::ports::{Clock, Entropy};

use crate::error::VaultError;
use crate::health::{FreeSpace, Health, Room, StatFs};
use crate::incident;
use crate::keys::VaultKey;
use crate::lock::VaultLock;
use crate::open;
use crate::pool::Pool;
use crate::reads::Reader;
use crate::recover::StartReport;
use crate::rows::tally;
use crate::tx::Tx;
use crate::verify::{self, Verified};
use crate::writer::{Job, Writer};

/// Transactions that may wait for the writer; a till has a handful of callers.
const MOST_WAITING: usize = 64;

/// A pause this long is used for the chores: nobody stands at the till.
const PAUSE: Duration = Duration::from_millis(200);

/// Which vault to open, and with what.
#[derive(Clone)]
pub struct OpenVault {
    /// The data folder; made if it is missing.
    pub dir: PathBuf,
    /// Where the journal lies if not in `dir`: a second disk or a stick.
    pub journal_dir: Option<PathBuf>,
    /// The till's key.
    pub key: VaultKey,
    /// Given when the till is first set up; later the vault knows.
    pub identity: Option<TillIdentity>,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// The program's version, sealed into every op.
    pub app_version: String,
    /// Where free space comes from; [`OpenVault::new`] asks the operating system.
    pub space: Arc<dyn FreeSpace>,
    /// Where files lie; [`OpenVault::new`] takes the operating system's.
    pub disk: Arc<dyn Disk>,
    /// How long nothing happens before the writer does its chores by itself.
    pub pause: Duration,
    /// For measurement only: `false` leaves `vault.db` unencrypted.
    pub encrypt: bool,
    /// For measurement only: `false` writes no op to the journal.
    pub journal: bool,
}

impl OpenVault {
    /// The shop's settings: encrypted, journal beside the vault, the real disk's free space.
    pub fn new(
        dir: impl Into<PathBuf>,
        key: VaultKey,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        app_version: impl Into<String>,
    ) -> Self {
        Self {
            dir: dir.into(),
            journal_dir: None,
            key,
            identity: None,
            clock,
            entropy,
            app_version: app_version.into(),
            space: Arc::new(StatFs),
            disk: Arc::new(RealDisk),
            pause: PAUSE,
            encrypt: true,
            journal: true,
        }
    }
}

/// The open vault. Dropping it finishes what waits, checkpoints and releases the lock.
pub struct Vault {
    jobs: Option<SyncSender<Job>>,
    writer: Option<JoinHandle<()>>,
    pool: Pool,
    room: Arc<Room>,
    reading: verify::JournalToRead,
    /// What the last [`Vault::verify`] of this run found.
    proof: Mutex<Option<bool>>,
    _lock: VaultLock,
}

impl Vault {
    /// Opens (or, with an identity, makes) the vault, compares it with its journal and mends what
    /// is damaged; see [`StartReport`] for what was found.
    ///
    /// # Errors
    /// [`VaultError::InUse`], [`VaultError::Newer`], [`VaultError::ReadOnly`],
    /// [`VaultError::KeyWrong`], [`VaultError::NotSetUp`], [`VaultError::DiskFull`] and the file
    /// errors. Damage is not an error: it is set aside, mended and reported.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the key is not to outlive the opening"
    )]
    pub fn open(settings: OpenVault) -> Result<(Self, StartReport), VaultError> {
        let opened = open::open(&settings)?;
        let (jobs, todo) = sync_channel::<Job>(MOST_WAITING);
        let writer = opened.writer;
        let thread = std::thread::Builder::new()
            .name("vault writer".into())
            .spawn(move || writer.run(&todo))
            .map_err(|source| VaultError::io(&settings.dir, source))?;
        let vault = Self {
            jobs: Some(jobs),
            writer: Some(thread),
            pool: opened.pool,
            room: opened.room,
            reading: opened.reading,
            proof: Mutex::new(None),
            _lock: opened.lock,
        };
        let mut report = opened.report;
        incident::raise(&vault, &mut report)?;
        vault.room.keep_reserve();
        Ok((vault, report))
    }

    /// The only door: runs `f` as one transaction on the writer's thread. Answers after the commit
    /// and the journal are both flushed; an error of `f` rolls everything back.
    ///
    /// # Errors
    /// Whatever `f` answers, [`VaultError::DiskFailed`] once the disk has failed,
    /// [`VaultError::Panicked`] if `f` panicked.
    pub fn transact<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        self.on_writer(move |writer| writer.transact(f))
    }

    fn on_writer<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Writer) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = sync_channel(1);
        let job: Job = Box::new(move |writer| {
            // Nobody listening any more is no reason to undo what is recorded.
            let _ = answer.send(f(writer));
        });
        let jobs = self.jobs.as_ref().ok_or(VaultError::Closed)?;
        jobs.send(job).map_err(|_| VaultError::Closed)?;
        answered.recv().map_err(|_| VaultError::Closed)?
    }

    /// As [`Vault::transact`] with the caller's own error: a refusal rolls back and comes back as
    /// it was.
    pub fn transact_or<T, E>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<VaultError> + Send + 'static,
    {
        let (kept, refused) = sync_channel(1);
        let done = self.transact(move |tx| {
            f(tx).map_err(|error| {
                let _ = kept.send(error);
                VaultError::Closed
            })
        });
        done.map_err(|error| refused.try_recv().unwrap_or_else(|_| error.into()))
    }

    /// Reads from one consistent snapshot; never waits for a sale.
    ///
    /// # Errors
    /// Whatever `f` answers. Damage met while reading stops the vault as a failed write would: the
    /// next start mends it.
    pub fn read<T>(
        &self,
        f: impl FnOnce(&Reader) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.pool.read(f).inspect_err(|error| {
            if error.poisons() {
                self.room.poison(&error.to_string());
            }
        })
    }

    /// Does the chores of a pause now (the write-ahead log goes into the vault, the journal gets room
    /// ahead) and answers when they are done: for whoever knows that nobody waits.
    pub fn do_chores(&self) -> Result<(), VaultError> {
        self.on_writer(Writer::chores)
    }

    /// Free room, the reserve, and whether the disk has failed.
    pub fn health(&self) -> Health {
        self.room.health()
    }

    /// Counts every row again, checks every link of the chain from its beginning, and compares the
    /// journal with the vault op by op. Reads everything once; memory does not grow with it.
    pub fn verify(&self) -> Result<Verified, VaultError> {
        let verified = self.pool.read(|reader| {
            // Everything this snapshot sees was committed before; one empty transaction later the
            // journal has flushed it too.
            tally::counts(reader)?;
            self.transact(|_| Ok(()))?;
            verify::verify(reader, &self.reading)
        })?;
        let mut proof = self.proof.lock().unwrap_or_else(PoisonError::into_inner);
        *proof = Some(verified.all_good());
        Ok(verified)
    }

    /// Whether the last verification of this run found everything good; `None`: there was none.
    pub fn last_proof(&self) -> Option<bool> {
        *self.proof.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}
