//! Opening: the lock, the files, the check, the repair, and only then the writer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::{Entry, Journal, JournalError, OpenJournal};
use protocol::body::{IncidentKind, TillIncidentV1};
use protocol::{Actor, OpBody, OpDraft, TillIdentity};
use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::connection::{self, Access};
use crate::error::VaultError;
use crate::head::{self, Head};
use crate::health::Room;
use crate::journaling::JournalThread;
use crate::keys::VaultKey;
use crate::lock::VaultLock;
use crate::migrate;
use crate::pool::Pool;
use crate::recover::compare::{self, Compared, Whole};
use crate::recover::rebuild::{self, rebuild};
use crate::recover::{Damage, StartReport, check};
use crate::rows::{identity, print_jobs, sales};
use crate::tx::{Ports, State};
use crate::vault::{OpenVault, Vault};
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

/// Where everything lies.
pub(crate) struct Paths {
    pub(crate) dir: PathBuf,
    pub(crate) vault: PathBuf,
    /// A vault being rebuilt.
    pub(crate) fresh: PathBuf,
    /// A rebuilt vault that is whole and has yet to take its place.
    pub(crate) ready: PathBuf,
    pub(crate) journal: PathBuf,
    /// Left when the disk failed: the next start looks at every row.
    pub(crate) suspect: PathBuf,
    stamp: i64,
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

impl Paths {
    fn of(settings: &OpenVault) -> Self {
        let dir = settings.dir.clone();
        let journal_dir = settings.journal_dir.as_ref().unwrap_or(&settings.dir);
        Self {
            vault: dir.join("vault.db"),
            fresh: dir.join("vault.db.new"),
            ready: dir.join("vault.db.ready"),
            journal: journal_dir.join("critical.journal"),
            suspect: dir.join("suspect"),
            stamp: settings.clock.wall_ms(),
            dir,
        }
    }

    /// A free name in `quarantine/`.
    pub(crate) fn aside(&self, name: &str) -> Result<PathBuf, VaultError> {
        let dir = self.dir.join("quarantine");
        std::fs::create_dir_all(&dir).map_err(|source| VaultError::io(&dir, source))?;
        let free = (0_u32..).map(|nth| dir.join(format!("{}-{nth}-{name}", self.stamp)));
        let mut free = free.filter(|path| !path.exists());
        Ok(free.next().unwrap_or_else(|| dir.join(name)))
    }

    /// A rebuild that did not finish left nothing that is not elsewhere.
    pub(crate) fn remove_unfinished(&self) -> Result<(), VaultError> {
        for suffix in ["", "-wal", "-shm"] {
            remove_if_there(&with_suffix(&self.fresh, suffix))?;
        }
        Ok(())
    }

    /// The rebuilt file is whole and flushed: from here on it counts.
    pub(crate) fn mark_ready(&self) -> Result<(), VaultError> {
        let flushed = std::fs::File::open(&self.fresh).and_then(|file| file.sync_all());
        flushed
            .and_then(|()| std::fs::rename(&self.fresh, &self.ready))
            .and_then(|()| journal::flush_folder_of(&self.ready))
            .map_err(|source| VaultError::io(&self.ready, source))?;
        self.remove_unfinished()
    }

    /// Moves the old vault aside and the rebuilt one into its place; what was moved.
    pub(crate) fn take_place(&self) -> Result<Vec<PathBuf>, VaultError> {
        let mut moved = Vec::new();
        if !self.ready.exists() {
            return Ok(moved);
        }
        if self.vault.exists() {
            let aside = self.aside("vault.db")?;
            for suffix in ["", "-wal", "-shm"] {
                let from = with_suffix(&self.vault, suffix);
                let to = with_suffix(&aside, suffix);
                if from.exists() {
                    std::fs::rename(&from, &to).map_err(|source| VaultError::io(&from, source))?;
                    Self::make_read_only(&to);
                    moved.push(to);
                }
            }
        }
        std::fs::rename(&self.ready, &self.vault)
            .and_then(|()| journal::flush_folder_of(&self.vault))
            .map_err(|source| VaultError::io(&self.vault, source))?;
        Ok(moved)
    }

    /// What is set aside is evidence; failing to protect it is no reason not to sell.
    pub(crate) fn make_read_only(path: &Path) {
        let made = std::fs::metadata(path).and_then(|meta| {
            let mut rights = meta.permissions();
            rights.set_readonly(true);
            std::fs::set_permissions(path, rights)
        });
        if let Err(error) = made {
            tracing::warn!(%error, path = %path.display(), "could not be made read-only");
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove_if_there(path: &Path) -> Result<(), VaultError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(VaultError::io(path, error))
        }
        _ => Ok(()),
    }
}

/// Opens everything; mends what is damaged.
pub(crate) fn open(settings: &OpenVault) -> Result<Opened, VaultError> {
    connection::assert_sqlite_version()?;
    make_folder(&settings.dir)?;
    if let Some(dir) = &settings.journal_dir {
        make_folder(dir)?;
    }
    let lock = VaultLock::take(&settings.dir)?;
    let paths = Paths::of(settings);
    let origin = Origin {
        key: &settings.key,
        key_bytes: settings.encrypt.then(|| settings.key.vault_key()),
        identity: settings.identity,
        now_ms: settings.clock.wall_ms(),
    };
    let mut report = StartReport::default();
    report.set_aside.extend(paths.take_place()?);
    if !paths.vault.exists() && !paths.journal.exists() {
        make_new(&paths, &origin)?;
        report.made_new = true;
    }
    let (db, identity, head, journal) = both_equal(settings, &paths, &origin, &mut report)?;
    print_jobs::after_restart(&db)?;
    report.untold = sales::count_untold_in(&db)?;
    remember_key(&paths, settings)?;
    remove_if_there(&paths.suspect)?;
    let room = Arc::new(Room::new(
        [Some(settings.dir.clone()), settings.journal_dir.clone()]
            .into_iter()
            .flatten()
            .collect(),
        settings.dir.join("reserve.bin"),
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
        writer: Writer::new(db, state, ports, thread, paths.suspect.clone()),
        pool: Pool::new(paths.vault.clone(), origin.key_bytes.clone()),
        room,
        reading: JournalToRead {
            path: paths.journal.clone(),
            key: settings.key.journal_key(),
            kept: settings.journal,
        },
        lock,
        report,
    })
}

fn make_folder(dir: &Path) -> Result<(), VaultError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(dir)
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
    let mut db = connection::open(&paths.fresh, origin.vault_key(), Access::Write)?;
    migrate::migrate(&mut db, &paths.fresh, origin.now_ms)?;
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
    if !paths.vault.exists() {
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
        Err(VaultError::Sql(error)) => Ok(Looked::Damaged(error.to_string())),
        other => other,
    }
}

fn try_look(
    settings: &OpenVault,
    paths: &Paths,
    origin: &Origin<'_>,
    report: &mut StartReport,
) -> Result<Looked, VaultError> {
    let mut db = connection::open(&paths.vault, origin.vault_key(), Access::Write)?;
    migrate::migrate(&mut db, &paths.vault, origin.now_ms)?;
    let (Some(who), Some(mut head)) = (identity::load(&db)?, head::load(&db)?) else {
        return Ok(Looked::Damaged("it does not say who this till is".into()));
    };
    let small = std::fs::metadata(&paths.journal).map_or(0, |meta| meta.len()) <= READ_WHOLE;
    let full = small || paths.suspect.exists() || report.vault.is_some();
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
        let unused = Journal::open(&open, |_: Entry, _| std::ops::ControlFlow::Break(()))?.0;
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
    let known = std::fs::read_to_string(paths.dir.join("key.check")).ok();
    if known.is_some_and(|known| known.trim() == proof) {
        return Ok(());
    }
    let header = journal::read(&paths.journal, &settings.key.journal_key(), |_, _| {
        std::ops::ControlFlow::Break(())
    });
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
    let path = paths.dir.join("key.check");
    let proof = hex::encode(settings.key.check().as_slice());
    if std::fs::read_to_string(&path).is_ok_and(|known| known.trim() == proof) {
        return Ok(());
    }
    std::fs::write(&path, proof).map_err(|source| VaultError::io(&path, source))
}

/// Tells head office what was mended, as an op in a fresh segment.
pub(crate) fn raise_incident(vault: &Vault, report: &mut StartReport) -> Result<(), VaultError> {
    let (kind, words) = match (&report.vault, &report.journal) {
        (Damage::None, Damage::None) => return Ok(()),
        (Damage::Rebuilt { why }, Damage::None) => {
            (IncidentKind::VaultRebuilt, format!("vault: {why}"))
        }
        (Damage::None, Damage::Rebuilt { why }) => {
            (IncidentKind::JournalRebuilt, format!("journal: {why}"))
        }
        (Damage::Rebuilt { why }, Damage::Rebuilt { why: other }) => (
            IncidentKind::BothDamaged,
            format!("vault: {why}; journal: {other}"),
        ),
    };
    let missing = vault.read(|reader| {
        use crate::reads::sealed::Db;
        rebuild::named_missing(reader.db())
    })?;
    report.missing.clone_from(&missing);
    let told = vault.transact(move |tx| {
        let noticed_at_ms = tx.now_ms();
        let op_id = tx.new_id();
        tx.append_op(|_| OpDraft {
            op_id,
            actor: Actor::till(),
            shift: None,
            business_date: business_date(noticed_at_ms),
            after: Vec::new(),
            base: Vec::new(),
            body: OpBody::TillIncidentV1(TillIncidentV1 {
                kind,
                words,
                missing,
                noticed_at_ms,
            }),
        })?;
        Ok(())
    });
    match told {
        // No room for the incident is no reason not to finish an open sale.
        Err(VaultError::DiskFull { .. }) => Ok(()),
        other => other,
    }
}

/// The UTC day of a time, `YYYY-MM-DD`: an incident belongs to no shift.
fn business_date(at_ms: i64) -> String {
    // Civil date from days since 1970 (proleptic Gregorian, eras of 400 years).
    let days = at_ms.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::business_date;

    #[test]
    fn days_are_the_calendars() {
        assert_eq!(business_date(0), "1970-01-01");
        assert_eq!(business_date(951_782_400_000), "2000-02-29");
        assert_eq!(business_date(1_795_132_800_000), "2026-11-20");
    }
}
