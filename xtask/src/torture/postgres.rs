//! PostgreSQL servers of our own: private folders, unix sockets, fsync on. Started, killed, doubled, promoted.
//!
//! PostgreSQL refuses root: as root its programs run as `postgres` or `nobody`.

use crate::kill::running::Running;
use crate::shell;
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The superuser; only whoever may enter the socket's folder can be it.
const OWNER: &str = "holdfast";

/// How long a server may take to answer or to follow.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server, its folder and its socket's.
pub(crate) struct Server {
    place: PathBuf,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    running: Option<Running>,
}

impl Server {
    /// A fresh one in a folder of its own below the one for temporary files: a socket's path must be short.
    pub(crate) fn fresh(name: &str) -> Result<Self> {
        let mut server = Self::place(name)?;
        let data = server.data();
        let mut initdb = server.command("initdb");
        initdb
            .arg("-D")
            .arg(&data)
            .args(["-U", OWNER, "--auth=trust", "-E", "UTF8"]);
        shell::read(initdb.args(["--locale=C.UTF-8", "--data-checksums", "--no-instructions"]))?;
        server.start(&[])?;
        Ok(server)
    }

    fn place(name: &str) -> Result<Self> {
        let place = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).with_context(|| format!("{}", place.display()))?;
        let owner = match fs::metadata("/proc/self")?.uid() {
            0 => Some(other_than_root()?),
            _ => None,
        };
        if let Some((uid, gid)) = owner {
            chown(&place, Some(uid), Some(gid))?;
        }
        fs::set_permissions(&place, fs::Permissions::from_mode(0o700))?;
        let programs = programs()?;
        Ok(Self {
            place,
            programs,
            owner,
            running: None,
        })
    }

    fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir("/").stdin(Stdio::null());
        command.env("PGCONNECT_TIMEOUT", "10");
        if let Some((uid, gid)) = self.owner {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn start(&mut self, settings: &[&str]) -> Result<()> {
        let mut serve = self.command("postgres");
        serve.arg("-D").arg(self.data()).arg("-k").arg(&self.place);
        for setting in ["listen_addresses=", "max_connections=60", "fsync=on"]
            .iter()
            .chain(settings)
        {
            serve.args(["-c", setting]);
        }
        let log = fs::File::create(self.place.join("log"))?;
        serve.stdout(Stdio::null()).stderr(log);
        self.running = Some(Running::start(&mut serve)?);
        self.wait_for("SELECT 1", "1", "answers")
    }

    /// Waits until a question has this answer.
    fn wait_for(&self, question: &str, answer: &str, what: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            match self.sql("postgres", question) {
                Ok(said) if said.trim() == answer => return Ok(()),
                other if began.elapsed() > PATIENCE => {
                    let log = self.place.join("log");
                    bail!(
                        "no PostgreSQL that {what}: {other:?}, see {}",
                        log.display()
                    );
                }
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// What it answers to a statement.
    pub(crate) fn sql(&self, database: &str, words: &str) -> Result<String> {
        let mut psql = self.command("psql");
        psql.arg("-h")
            .arg(&self.place)
            .args(["-U", OWNER, "-d", database]);
        shell::read(psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", words]))
    }

    /// The URL of a database on it.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{OWNER}@{}/{database}", self.host())
    }

    /// One URL for whichever of two takes writes.
    pub(crate) fn url_of_both(&self, other: &Self, database: &str) -> String {
        format!(
            "postgres://{OWNER}@{},{}/{database}?target_session_attrs=read-write",
            self.host(),
            other.host()
        )
    }

    fn host(&self) -> String {
        self.place.display().to_string().replace('/', "%2F")
    }

    /// A second one that follows this one. If it is waited for, nothing is committed from then on before it is on
    /// both disks.
    pub(crate) fn with_standby(&self, name: &str, waited_for: bool) -> Result<Self> {
        let mut standby = Self::place(name)?;
        let mut copy = standby.command("pg_basebackup");
        copy.arg("-h")
            .arg(&self.place)
            .args(["-U", OWNER, "-D"])
            .arg(standby.data());
        shell::read(copy.args(["-R", "-X", "stream", "-c", "fast"]))?;
        standby.start(&["hot_standby=on", "cluster_name=standby"])?;
        if waited_for {
            self.sql(
                "postgres",
                "ALTER SYSTEM SET synchronous_standby_names = 'standby'",
            )?;
            self.sql("postgres", "ALTER SYSTEM SET synchronous_commit = on")?;
            self.sql("postgres", "SELECT pg_reload_conf()")?;
        }
        let state = "SELECT sync_state FROM pg_stat_replication";
        let wanted = if waited_for { "sync" } else { "async" };
        self.wait_for(state, wanted, "has a standby")?;
        Ok(standby)
    }

    /// SIGKILL of the server and of everything it started; its disk is as good as gone.
    pub(crate) fn kill(&mut self) -> Result<()> {
        let children = self.children();
        if let Some(running) = self.running.take() {
            running.kill()?;
        }
        for child in children {
            // Most have ended by themselves.
            let _ = shell::read(Command::new("kill").args(["-KILL", &child]));
        }
        Ok(())
    }

    /// SIGSTOP or SIGCONT, to it and to everything it started.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        for child in self.children() {
            shell::read(Command::new("kill").args([&format!("-{name}"), &child]))?;
        }
        self.running.as_ref().map_or(Ok(()), |one| one.signal(name))
    }

    fn children(&self) -> Vec<String> {
        let file = self.data().join("postmaster.pid");
        let text = fs::read_to_string(file).unwrap_or_default();
        let parent = text.lines().next().unwrap_or_default().to_owned();
        let found = shell::read(Command::new("pgrep").args(["-P", &parent]));
        found
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }

    /// The standby becomes the one that takes writes.
    pub(crate) fn promote(&self) -> Result<()> {
        self.sql("postgres", "SELECT pg_promote(true, 60)")?;
        self.wait_for("SELECT pg_is_in_recovery()", "f", "was promoted")
    }

    /// Everything it holds is readable: every table and index is looked through.
    pub(crate) fn is_whole(&self, database: &str) -> Result<()> {
        let mut check = self.command("pg_amcheck");
        check
            .arg("-h")
            .arg(&self.place)
            .args(["-U", OWNER, "--install-missing"]);
        shell::read(check.args(["--heapallindexed", database])).map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
        let _ = fs::remove_dir_all(&self.place);
    }
}

/// The newest PostgreSQL of this machine.
fn programs() -> Result<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let versions = installed.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = versions
        .filter(|(_, bin)| bin.join("initdb").exists())
        .max();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    newest
        .map(|(_, bin)| bin)
        .or(elsewhere)
        .context("no PostgreSQL here: cargo xtask setup installs it")
}

/// Whether there is one at all.
pub(crate) fn is_here() -> bool {
    programs().is_ok()
}

fn other_than_root() -> Result<(u32, u32)> {
    let people = fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
    let find = |wanted: &str| {
        people.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            match fields.as_slice() {
                [name, _, uid, gid, ..] if *name == wanted => {
                    Some((uid.parse().ok()?, gid.parse().ok()?))
                }
                _ => None,
            }
        })
    };
    find("postgres")
        .or_else(|| find("nobody"))
        .context("neither postgres nor nobody in /etc/passwd: PostgreSQL refuses root")
}

/// Where evidence of it lies.
impl AsRef<Path> for Server {
    fn as_ref(&self) -> &Path {
        &self.place
    }
}
