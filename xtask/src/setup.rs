//! What the commands stand on: Debian's packages, the window's packages, two tools built from source.
//!
//! Promises that running it twice changes nothing, that only what is missing is installed, and that where
//! it may not install it says in one line what a person must. Never touches what lies outside the
//! repository's build directories, except through the system's own package manager and as root.

use crate::options::Options;
use crate::shell::{self, Counted};
use crate::steps::Steps;
use crate::{fingerprint, place};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// What a Debian needs beside Rust and Node; each line says for what.
const PACKAGES: [&str; 10] = [
    "build-essential",       // the C of SQLCipher and zstd
    "pkg-config",            // finds the three below
    "libssl-dev",            // SQLCipher's cipher
    "libdbus-1-dev",         // the key store of the desktop
    "libwebkit2gtk-4.1-dev", // the window
    "webkit2gtk-driver",     // drives the window in the end-to-end test
    "xvfb",                  // a screen where there is none
    "postgresql",            // the cloud's other store; the tests run a server of their own
    "python3-venv",          // a stranger's client, and the fuzzer of the API
    "strace",                // an upgrade is cut short at each of its calls to the kernel
];

/// What the torture needs beside them.
const TORTURE_PACKAGES: [&str; 3] = [
    "libfaketime", // clocks that lie
    "fuse3",       // mounts the disk that forgets where nobody is root
    "procps",      // finds the children of a database server
];

/// The oldest Node whose packages the window's lock file names.
const NODE_AT_LEAST: u32 = 20;

/// One version for everybody: its configuration file changes between versions.
const CARGO_DENY: &str = "0.20.2";

/// The same for what builds the fuzz targets.
const CARGO_FUZZ: &str = "0.13.2";

/// Its list of changes grows with versions: one for everybody keeps the survivors' list true.
const CARGO_MUTANTS: &str = "27.1.0";

/// `cargo xtask setup`.
pub(crate) fn run(options: &Options) -> Result<()> {
    options.nothing_else()?;
    let mut steps = Steps::begin();
    steps.step("system packages", &[], system_packages);
    steps.step("window: packages", &[], window_packages);
    steps.finish()
}

/// Installs the missing ones of Debian's packages, or says in one line what to install.
pub(crate) fn system_packages() -> Result<Counted> {
    if !on_debian() {
        return other_system();
    }
    install_missing(&PACKAGES)
}

/// The same for the torture; what another system lacks of it is not tortured, and said.
pub(crate) fn torture_packages() -> Result<Counted> {
    system_packages()?;
    if !on_debian() {
        return Ok(Counted::default());
    }
    install_missing(&TORTURE_PACKAGES)
}

fn on_debian() -> bool {
    is_debian(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
}

fn install_missing(packages: &[&'static str]) -> Result<Counted> {
    let missing = missing_of(packages);
    if missing.is_empty() {
        return Ok(Counted::default());
    }
    let list = missing.join(" ");
    if shell::read(shell::program("id").arg("-u"))?.trim() != "0" {
        bail!("please install: sudo apt-get install --yes {list}");
    }
    shell::run(apt().arg("update"))?.must_be_ok()?;
    if missing.contains(&"postgresql") {
        no_cluster_of_its_own()?;
    }
    install(&missing)
}

fn install(packages: &[&str]) -> Result<Counted> {
    let mut install = apt();
    install.args(["install", "--yes", "--no-install-recommends"]);
    shell::run(install.args(packages))?.must_be_ok()
}

/// Debian makes and starts a cluster with PostgreSQL's package unless it is told not to. Said only where nobody
/// has PostgreSQL yet: elsewhere it is not ours to say.
fn no_cluster_of_its_own() -> Result<()> {
    let settings = std::path::Path::new("/etc/postgresql-common/createcluster.conf");
    if settings.exists() {
        return Ok(());
    }
    install(&["postgresql-common"])?;
    let unreadable = || format!("{} cannot be read or written", settings.display());
    let mut text = std::fs::read_to_string(settings).with_context(unreadable)?;
    text.push_str("\ncreate_main_cluster = false\n");
    std::fs::write(settings, text).with_context(unreadable)
}

fn is_debian(release: &str) -> bool {
    release.lines().any(|line| {
        let Some((name, value)) = line.split_once('=') else {
            return false;
        };
        matches!(name, "ID" | "ID_LIKE")
            && value.trim_matches('"').split(' ').any(|id| id == "debian")
    })
}

fn apt() -> std::process::Command {
    let mut apt = shell::program("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    apt
}

fn missing_of(packages: &[&'static str]) -> Vec<&'static str> {
    let mut query = shell::program("dpkg-query");
    query
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(packages);
    // dpkg-query ends with 1 when it knows nothing of one of them, and still lists the others.
    let known = query
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let known = String::from_utf8_lossy(&known).into_owned();
    let installed = |name: &&str| {
        known
            .lines()
            .any(|line| line == format!("{name} installed"))
    };
    packages
        .iter()
        .copied()
        .filter(|name| !installed(name))
        .collect()
}

/// Elsewhere nothing is installed for anybody; what is found by its own means is enough.
fn other_system() -> Result<Counted> {
    let library =
        |name: &str| shell::read(shell::program("pkg-config").args(["--exists", name])).is_ok();
    let complete = ["webkit2gtk-4.1", "openssl", "dbus-1"]
        .into_iter()
        .all(library)
        && shell::exists("WebKitWebDriver")
        && ["Xvfb", "initdb"].into_iter().all(|program| {
            let look = format!("command -v {program}");
            shell::read(shell::program("sh").args(["-c", &look])).is_ok()
        });
    if complete {
        return Ok(Counted::default());
    }
    bail!(
        "please install the development files of WebKitGTK 4.1, OpenSSL and D-Bus, pkg-config, a C compiler, \
         WebKitWebDriver, Xvfb and PostgreSQL's server (on Debian: {})",
        PACKAGES.join(" ")
    )
}

/// `npm ci`, unless the lock file is the one that was installed last.
pub(crate) fn window_packages() -> Result<Counted> {
    node_is_new_enough()?;
    let ui = place::root().join("ui");
    let lock = ui.join("package-lock.json");
    let lock =
        std::fs::read(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    let lock = format!("{:016x}", fingerprint::of_bytes(&lock));
    let stamp = ui.join("node_modules/.installed-lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        println!("   the installed packages are those of the lock file");
        return Ok(Counted::default());
    }
    let ended = shell::run(npm().args(["ci", "--no-audit", "--no-fund", "--no-progress"]))?;
    let counted = ended.must_be_ok()?;
    std::fs::write(&stamp, lock)
        .with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(counted)
}

/// npm in the window's directory.
pub(crate) fn npm() -> std::process::Command {
    let mut npm = shell::program("npm");
    npm.current_dir(place::root().join("ui"));
    npm
}

fn node_is_new_enough() -> Result<()> {
    let version = shell::read(shell::program("node").arg("--version"))
        .with_context(|| format!("please install Node {NODE_AT_LEAST} or newer"))?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    let major = major.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    if major < NODE_AT_LEAST {
        bail!(
            "Node {} is too old; please install {NODE_AT_LEAST} or newer",
            version.trim()
        );
    }
    Ok(())
}

/// cargo-deny in the version that `deny.toml` is written for; under a minute to build, once.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    cargo_tool("cargo-deny", CARGO_DENY)
}

/// cargo-fuzz, which knows how a program is built with libFuzzer's counters in it.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    cargo_tool("cargo-fuzz", CARGO_FUZZ)
}

/// cargo-mutants, which changes our code one place at a time.
pub(crate) fn cargo_mutants() -> Result<PathBuf> {
    cargo_tool("cargo-mutants", CARGO_MUTANTS)
}

/// A tool of the registry, built once in one version.
fn cargo_tool(name: &str, version: &str) -> Result<PathBuf> {
    let home = place::tools().join(format!("{name}-{version}"));
    let program = home.join(format!("bin/{name}{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    let scratch = place::tools().join(format!("{name}-build"));
    let mut install = shell::cargo();
    // An unoptimised build without symbols: it does little itself, and is there four times sooner.
    install
        .env("CARGO_TARGET_DIR", &scratch)
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    install
        .args(["install", "--locked", "--debug", "--version", version])
        .arg("--root")
        .arg(&home);
    shell::run(install.arg(name))?.must_be_ok()?;
    let _ = std::fs::remove_dir_all(&scratch);
    Ok(program)
}

/// The ESC/POS interpreter that our receipts are checked with. It is nobody's dependency: its crate asks for
/// a newer Rust than it needs, and an independent witness should not be linked into the accused.
pub(crate) fn escpos_reader() -> Result<Counted> {
    let mut build = shell::cargo();
    build.args([
        "build",
        "--release",
        "--locked",
        "--ignore-rust-version",
        "--manifest-path",
    ]);
    build.arg(place::root().join("tools/escpos-reader/Cargo.toml"));
    build
        .arg("--target-dir")
        .arg(place::tools().join("escpos-reader"));
    shell::run(&mut build)?.must_be_ok()
}

#[cfg(test)]
mod tests {
    use super::is_debian;

    #[test]
    fn debian_and_its_children_are_known_by_their_release_file() {
        assert!(
            is_debian("NAME=\"Debian GNU/Linux\"\nID=debian\n"),
            "Debian itself"
        );
        assert!(is_debian("ID=ubuntu\nID_LIKE=debian\n"), "a child");
        assert!(
            is_debian("ID=mint\nID_LIKE=\"ubuntu debian\"\n"),
            "a grandchild"
        );
        assert!(
            !is_debian("ID=fedora\nHOME_URL=\"https://debian\"\n"),
            "a stranger"
        );
    }
}
