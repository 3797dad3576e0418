//! Opening: the lock, the files, the check, the repair, and only then the writer.

use std::path::Path;
use std::sync::Arc;

use journal::{Entry, Journal, JournalError, OpenJournal};
use protocol::TillIdentity;
use rusqlite::{Connection, ErrorCode};
use zeroize::Zeroizing;

use crate::connection::{self, Access};
use crate::error::VaultError;
use crate::head::{self, Head};
use crate::health::Room;
use crate::journaling::JournalThread;
use crate::keys::VaultKey;
use crate::lock::VaultLock;
use crate::migrate;
use crate::paths::{Paths, remove_if_there};
use crate::pool::Pool;
use crate::recover::compare::{self, Compared, Whole};
use crate::recover::rebuild::rebuild;
use crate::recover::{StartReport, check};
use crate::rows::{identity, print_jobs, sales};
use crate::tx::{Ports, State};
use crate::vault::OpenVault;
use crate::verify::JournalToRead;
use crate::writer::Writer;

/// Journals up to this size are read whole at every start: some 5,000 sales, well under a tenth of
/// a second.
const READ_WHOLE: u64 = 8 * 1024 * 1024;

/// Everything the front needs.
pub(crate) struct Opened {
    pub(crate) writer: Writer,
    pub(crate) pool: Pool,
    pub(crate) room: Arc<Room>,
    pub(crate) reading: JournalToRead,
    pub(crate) lock: VaultLock,
    pub(crate) report: StartReport,
}

/// What a rebuild is made with.
pub(crate) struct Origin<'a> {
    pub(crate) key: &'a VaultKey,
    key_bytes: Option<Zeroizing<[u8; 32]>>,
    pub(crate) identity: Option<TillIdentity>,
    pub(crate) now_ms: i64,
}

impl Origin<'_> {
    pub(crate) fn vault_key(&self) -> Option<&[u8; 32]> {
        self.key_bytes.as_deref()
    }
}

/// Opens everything; mends what is damaged.
pub(crate) fn open(settings: &OpenVault) -> Result<Opened, VaultError> {
    connection::assert_sqlite_version()?;
    make_folder(settings, &settings.dir)?;
    if let Some(dir) = &settings.journal_dir {
        make_folder(settings, dir)?;
    }
    let lock = VaultLock::take(settings.disk.as_ref(), &settings.dir)?;
    let paths = Paths::of(settings);
    let origin = Origin {
        key: &settings.key,
        key_bytes: settings.encrypt.then(|| settings.key.vault_key()),
        identity: settings.identity,
        now_ms: settings.clock.wall_ms(),
    };
    let mut report = StartReport::default();
    report.set_aside.extend(paths.take_place()?);
    if !paths.disk.exists(&paths.vault) && !paths.disk.exists(&paths.journal) {
        make_new(&paths, &origin)?;
        report.made_new = true;
    }
    let (db, identity, head, journal) = both_equal(settings, &paths, &origin, &mut report)?;
    print_jobs::after_restart(&db)?;
    report.untold = sales::count_untold_in(&db)?;
    remember_key(&paths, settings)?;
    remove_if_there(paths.disk.as_ref(), &paths.suspect)?;
    let room = Arc::new(Room::new(
        Arc::clone(&settings.disk),
        [Some(settings.dir.clone()), settings.journal_dir.clone()]
            .into_iter()
            .flatten()
            .collect(),
        settings.dir.join("reserve.bin"),
        paths.suspect.clone(),
        Arc::clone(&settings.space),
    ));
    let ports = Ports {
        clock: Arc::clone(&settings.clock),
        entropy: Arc::clone(&settings.entropy),
        room: Arc::clone(&room),
        app_version: settings.app_version.clone(),
        segment_key: settings.key.segment_key(),
        journal: settings.journal,
    };
    let state = State {
        identity,
        head,
        segment_begun: false,
        clock_err_ms: None,
    };
    let thread =
        JournalThread::start(journal).map_err(|source| VaultError::io(&paths.journal, source))?;
    Ok(Opened {
        writer: Writer::new(db, state, ports, thread, settings.pause),
        pool: Pool::new(
            Arc::clone(&settings.disk),
            paths.vault.clone(),
            origin.key_bytes.clone(),
        ),
        room,
        reading: JournalToRead {
            disk: Arc::clone(&settings.disk),
            path: paths.journal.clone(),
            key: settings.key.journal_key(),
            kept: settings.journal,
        },
        lock,
        report,
    })
}

fn make_folder(settings: &OpenVault, dir: &Path) -> Result<(), VaultError> {
    settings
        .disk
        .make_folder(dir)
        .map_err(|source| VaultError::io(dir, source))
}

/// A first vault: identity and genesis, and a journal that says whose it is.
fn make_new(paths: &Paths, origin: &Origin<'_>) -> Result<(), VaultError> {
    let Some(who) = origin.identity else {
        return Err(VaultError::NotSetUp {
            path: paths.dir.clone(),
        });
    };
    paths.remove_unfinished()?;
    let mut db = connection::open(
        paths.disk.as_ref(),
        &paths.fresh,
        origin.vault_key(),
        Access::Write,
    )?;
    migrate::migrate(paths.disk.as_ref(), &mut db, &paths.fresh)?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    identity::store(&db, &who, origin.now_ms)?;
    head::store(&db, &Head::at_genesis(who.genesis()))?;
    db.execute_batch("COMMIT")?;
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    db.close().map_err(|(_, error)| error)?;
    paths.mark_ready()?;
    paths.take_place()?;
    Ok(())
}

type Both = (Connection, TillIdentity, Head, Journal);

/// Looks, mends, and looks again; a vault that was just rebuilt is not rebuilt a second time.
fn both_equal(
    settings: &OpenVault,
    paths: &Paths,
    origin: &Origin<'_>,
    report: &mut StartReport,
) -> Result<Both, VaultError> {
    if !paths.disk.exists(&paths.vault) {
        rebuild(paths, origin, "the vault is missing", report)?;
    }
    match look(settings, paths, origin, report)? {
        Looked::Good(both) => return Ok(*both),
        Looked::Damaged(why) => {
            refuse_if_key_unproved(paths, settings)?;
            rebuild(paths, origin, &why, report)?;
        }
    }
    match look(settings, paths, origin, report)? {
        Looked::Good(both) => Ok(*both),
        Looked::Damaged(what) => Err(VaultError::Damaged { what }),
    }
}

enum Looked {
    Good(Box<Both>),
    Damaged(String),
}

fn look(
    settings: &OpenVault,
    paths: &Paths,
    origin: &Origin<'_>,
    report: &mut StartReport,
) -> Result<Looked, VaultError> {
    match try_look(settings, paths, origin, report) {
        Err(VaultError::Damaged { what }) => Ok(Looked::Damaged(what)),
        Err(VaultError::Unreadable { what, why }) => Ok(Looked::Damaged(format!("{what}: {why}"))),
        // A row of a kind that cannot be, a table that is not there: not what this program wrote.
        Err(VaultError::Sql(error)) if !passing(&error) => Ok(Looked::Damaged(error.to_string())),
        other => other,
    }
}

/// What says nothing about the file: somebody else has it for a moment, or the machine lacks
/// something. A sound vault is not set aside for it.
fn passing(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OperationInterrupted
        )
    )
}

fn try_look(
    settings: &OpenVault,
    paths: &Paths,
    origin: &Origin<'_>,
    report: &mut StartReport,
) -> Result<Looked, VaultError> {
    let mut db = connection::open(
        paths.disk.as_ref(),
        &paths.vault,
        origin.vault_key(),
        Access::Write,
    )?;
    migrate::migrate(paths.disk.as_ref(), &mut db, &paths.vault)?;
    let (Some(who), Some(mut head)) = (identity::load(&db)?, head::load(&db)?) else {
        return Ok(Looked::Damaged("it does not say who this till is".into()));
    };
    let small = paths.disk.len(&paths.journal).unwrap_or(0) <= READ_WHOLE;
    let full = small || paths.disk.exists(&paths.suspect) || report.vault.is_some();
    report.fully_checked = full;
    if let Some(why) = check::own_damage(&db, &who, &head, full)? {
        return Ok(Looked::Damaged(why));
    }
    let open = OpenJournal {
        path: paths.journal.clone(),
        till: who.till,
        key: settings.key.journal_key(),
        entropy: Arc::clone(&settings.entropy),
        trusted: (!full && head.journal_mark > 0).then_some(head.journal_mark),
    };
    if !settings.journal {
        let unused = {
            let stop = |_: Entry, _| std::ops::ControlFlow::Break(());
            Journal::open_in(Arc::clone(&paths.disk), &open, stop)?.0
        };
        return Ok(Looked::Good(Box::new((db, who, head, unused))));
    }
    let whole = Whole {
        db: &db,
        identity: who,
        now_ms: origin.now_ms,
    };
    match compare::compare(&whole, &mut head, &open, paths, report)? {
        Compared::VaultDamaged(why) => Ok(Looked::Damaged(why)),
        Compared::Equal(journal) => {
            head.journal_mark = journal.mark();
            Ok(Looked::Good(Box::new((db, who, head, *journal))))
        }
    }
}

/// A vault that does not open may be damaged, or the key may be the wrong one: nothing is set aside
/// before the key is proved by what it opened last time or by the journal's header.
fn refuse_if_key_unproved(paths: &Paths, settings: &OpenVault) -> Result<(), VaultError> {
    let proof = hex::encode(settings.key.check().as_slice());
    if known_proof(paths).is_some_and(|known| known.trim() == proof) {
        return Ok(());
    }
    let stop = |_, _| std::ops::ControlFlow::Break(());
    let key = settings.key.journal_key();
    let header = journal::read_in(paths.disk.as_ref(), &paths.journal, &key, stop);
    match header {
        Ok(_) => Ok(()),
        Err(JournalError::Io { .. } | JournalError::WrongKey { .. } | _) => {
            Err(VaultError::KeyWrong {
                path: paths.vault.clone(),
            })
        }
    }
}

fn remember_key(paths: &Paths, settings: &OpenVault) -> Result<(), VaultError> {
    let proof = hex::encode(settings.key.check().as_slice());
    if known_proof(paths).is_some_and(|known| known.trim() == proof) {
        return Ok(());
    }
    paths
        .disk
        .write(&paths.key_check, proof.as_bytes())
        .map_err(|source| VaultError::io(&paths.key_check, source))
}

/// What the key of the last start left, if it reads.
fn known_proof(paths: &Paths) -> Option<String> {
    String::from_utf8(paths.disk.read(&paths.key_check).ok()?).ok()
}
