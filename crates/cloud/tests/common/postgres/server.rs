//! A PostgreSQL server of the tests' own: private folder, unix socket, fsync on.
//!
//! One server serves every test process that runs at a time, and lies under the build directory. A
//! process that uses it holds a shared lock on a file; a keeper, started with the server, takes the
//! lock for itself when nobody holds it any more, and stops the server. Locks end with their
//! processes, so a run that was killed leaves a server behind for some seconds only.
//!
//! PostgreSQL refuses root: as root the server runs as `postgres` or `nobody`.

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The superuser of the private server; only whoever may enter the socket's folder can be it.
const OWNER: &str = "holdfast";

/// Stops the server when nobody holds the lock. `$1` lock, `$2` pg_ctl, `$3` the server's folder.
const KEEPER: &str = r#"
exec 8>"$3.keeper"
flock -n 8 || exit 0
exec 9<"$1"
while sleep 5; do
    if flock -n 9; then
        "$2" -D "$3" -m fast -w stop
        exit 0
    fi
done"#;

/// A running server, kept running as long as this lives.
#[derive(Debug)]
pub struct Server {
    socket: PathBuf,
    _in_use: File,
}

impl Server {
    /// The server of this build directory; started if nobody has.
    pub fn running(build: &Path) -> io::Result<Self> {
        let place = Place::below(build)?;
        let in_use = place.open("in-use.lock")?;
        in_use.lock_shared()?;
        let starting = place.open("starting.lock")?;
        starting.lock()?;
        place.make_cluster()?;
        if !place.answers() {
            place.start("-c listen_addresses=")?;
        }
        place.start_keeper()?;
        starting.unlock()?;
        Ok(Self {
            socket: place.folder,
            _in_use: in_use,
        })
    }

    /// One more server, in a folder of its own, that also answers at a port of the loopback, with TLS:
    /// by this certificate and key, both PEM.
    pub fn encrypted(folder: &Path, certificate: &str, key: &str) -> io::Result<(Self, u16)> {
        let place = Place::below(folder)?;
        let in_use = place.open("in-use.lock")?;
        in_use.lock_shared()?;
        place.make_cluster()?;
        place.give("server.crt", certificate)?;
        place.give("server.key", key)?;
        let mut started = Err(other("no port was tried"));
        let mut port = 0;
        // Whoever takes the port between the asking and the start: then another one.
        for _ in 0..5 {
            port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let options = format!("-c listen_addresses=127.0.0.1 -c ssl=on -p {port}");
            started = place.start(&options);
            if started.is_ok() {
                break;
            }
        }
        started?;
        place.start_keeper()?;
        let socket = place.folder;
        Ok((
            Self {
                socket,
                _in_use: in_use,
            },
            port,
        ))
    }

    /// Ends it at once.
    pub fn stop(self) -> io::Result<()> {
        let mut stop = Command::new(programs()?.join("pg_ctl"));
        if let Some((uid, gid)) = runs_as()? {
            stop.uid(uid).gid(gid);
        }
        stop.current_dir("/").stdout(Stdio::null());
        stop.arg("-D").arg(self.socket.join("cluster"));
        let stopped = stop.args(["-m", "immediate", "-w", "stop"]).status()?;
        must(stopped.success(), "PostgreSQL does not stop")
    }

    /// The address of a database on it.
    pub fn url(&self, database: &str) -> String {
        let host = self.socket.display();
        format!("host={host} user={OWNER} dbname={database}")
    }

    /// The same as a URL, as an operator types it.
    pub fn as_url(&self, database: &str) -> String {
        let host = self.socket.display().to_string().replace('/', "%2F");
        format!("postgres://{OWNER}@{host}/{database}")
    }

    /// Held while something is made that all processes share.
    pub fn alone(&self) -> io::Result<File> {
        let file = File::create(self.socket.join("making.lock"))?;
        file.lock()?;
        Ok(file)
    }
}

/// Where a server's files lie, and who owns them.
struct Place {
    folder: PathBuf,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
}

impl Place {
    /// Below the build directory, or, where the server's user cannot go there or the socket's path
    /// would be too long, in the folder for temporary files.
    fn below(build: &Path) -> io::Result<Self> {
        let programs = programs()?;
        let owner = runs_as()?;
        let name = format!("holdfast-postgres-{:08x}", short_hash(build));
        let folders = [build.join("postgres"), std::env::temp_dir().join(name)];
        for folder in folders {
            let place = Self {
                folder,
                programs: programs.clone(),
                owner,
            };
            if place.folder.as_os_str().len() < 80 && place.can_be_entered()? {
                return Ok(place);
            }
        }
        Err(other("no folder that PostgreSQL's user may enter"))
    }

    fn can_be_entered(&self) -> io::Result<bool> {
        fs::create_dir_all(&self.folder)?;
        if let Some((uid, gid)) = self.owner {
            chown(&self.folder, Some(uid), Some(gid))?;
        }
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))?;
        let mut look = self.command("/bin/sh");
        look.args(["-c", "cd \"$1\" && test -w .", "sh"])
            .arg(&self.folder);
        Ok(look.status()?.success())
    }

    fn open(&self, name: &str) -> io::Result<File> {
        let path = self.folder.join(name);
        let file = File::options()
            .create(true)
            .append(true)
            .read(true)
            .open(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
        Ok(file)
    }

    fn cluster(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    /// A command as the server's user, silent.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command.stderr(Stdio::null());
        if let Some((uid, gid)) = self.owner {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn make_cluster(&self) -> io::Result<()> {
        if self.cluster().join("PG_VERSION").exists() && self.cluster().join("made").exists() {
            return Ok(());
        }
        let _ = fs::remove_dir_all(self.cluster());
        let mut initdb = self.command(self.programs.join("initdb"));
        initdb.arg("-D").arg(self.cluster());
        initdb.args([
            "-U",
            OWNER,
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]);
        must(initdb.status()?.success(), "initdb made no cluster")?;
        File::create(self.cluster().join("made")).map(drop)
    }

    fn answers(&self) -> bool {
        let mut ready = self.command(self.programs.join("pg_isready"));
        ready.arg("-q").arg("-h").arg(&self.folder);
        ready.status().is_ok_and(|status| status.success())
    }

    /// A file in the cluster's folder that its user alone may read.
    fn give(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.cluster().join(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        match self.owner {
            Some((uid, gid)) => chown(&path, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    fn start(&self, listening: &str) -> io::Result<()> {
        let options = format!(
            "-k {} {listening} -c max_connections=200 -c fsync=on",
            self.folder.display()
        );
        let mut start = self.command(self.programs.join("pg_ctl"));
        start
            .arg("-D")
            .arg(self.cluster())
            .args(["-w", "-t", "120", "-l"]);
        start
            .arg(self.folder.join("log"))
            .args(["-o", &options, "start"]);
        let log = self.folder.join("log");
        let words = format!("PostgreSQL does not start; {} says why", log.display());
        must(start.status()?.success(), &words)
    }

    fn start_keeper(&self) -> io::Result<()> {
        let mut keeper = self.command("/bin/sh");
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(self.folder.join("in-use.lock"));
        keeper.arg(self.programs.join("pg_ctl")).arg(self.cluster());
        // A group of its own: Ctrl-C ends the tests, and the keeper ends the server.
        keeper.process_group(0).spawn().map(drop)
    }
}

/// The newest PostgreSQL of this machine.
fn programs() -> io::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir("/usr/lib/postgresql").into_iter().flatten() {
        let path = entry?.path();
        let version = path
            .file_name()
            .and_then(|name| name.to_str()?.parse().ok());
        if path.join("bin/initdb").exists() {
            found.push((version.unwrap_or(0), path.join("bin")));
        }
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    let newest = found.into_iter().max().map(|(_, programs)| programs);
    newest.or(elsewhere).ok_or_else(|| {
        other(
            "no PostgreSQL on this machine: run cargo xtask setup, or install Debian's postgresql",
        )
    })
}

/// Whoever the server runs as, where that is not whoever runs the tests.
fn runs_as() -> io::Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() == 0 {
        other_than_root().map(Some)
    } else {
        Ok(None)
    }
}

/// `postgres` if the package made it, else `nobody`.
fn other_than_root() -> io::Result<(u32, u32)> {
    let people = fs::read_to_string("/etc/passwd")?;
    let find = |wanted: &str| {
        people.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, ..] = fields[..] else {
                return None;
            };
            (name == wanted).then_some((uid.parse().ok()?, gid.parse().ok()?))
        })
    };
    find("postgres")
        .or_else(|| find("nobody"))
        .ok_or_else(|| other("neither postgres nor nobody in /etc/passwd: PostgreSQL refuses root"))
}

fn short_hash(path: &Path) -> u32 {
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

fn must(done: bool, words: &str) -> io::Result<()> {
    if done { Ok(()) } else { Err(other(words)) }
}

fn other(words: &str) -> io::Error {
    io::Error::other(words.to_owned())
}
