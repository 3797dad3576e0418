//! An upgrade on a disk that fills up, and one whose program is killed: at the writes, flushes and renames that
//! the upgrade makes. It goes on at the next start, as if nothing had been tried.
//!
//! The faults are put between the real program and the kernel by strace. Some of the places are tried each
//! time; with `HOLDFAST_EVERY_WRITE=1` all of them.

use std::path::Path;
use std::process::{Command, Output};

use suite::{CloudRoom, Landed, Shop, copy_folder, program};
use tempfile::TempDir;

use crate::upgrade_loses_nothing::{assert_same, log};

/// No room from the n-th call on; or the end of the program at the n-th.
const FULL: &str = "error=ENOSPC:when=NTH+";
const KILLED: &str = "signal=SIGKILL:when=NTH";

/// How many places lie between two that are tried, where there are hundreds.
const STEP: usize = 11;

/// One of the programs on what an older one left.
struct Upgrade {
    landed: Landed,
    part: &'static str,
    starts: fn(&Path) -> Command,
    goes_on: fn(TempDir, &Landed, &str),
}

fn of_a_till() -> Upgrade {
    Upgrade {
        landed: Landed::unpack(Landed::ALL[0]),
        part: "till",
        starts: |dir| {
            let mut command = Command::new(program("holdfastctl"));
            command.args(["--json", "verify", "--data"]).arg(dir);
            command
        },
        goes_on: the_till_goes_on,
    }
}

fn of_a_cloud() -> Upgrade {
    Upgrade {
        landed: Landed::unpack(Landed::ALL[0]),
        part: "cloud-then",
        starts: |dir| {
            let database = format!("sqlite:{}", dir.join("cloud.db").display());
            let mut command = Command::new(program("holdfast-cloud"));
            command.args(["enrol-code", "--database", &database]);
            command
        },
        goes_on: the_cloud_goes_on,
    }
}

/// The till starts with room and without anybody who kills it, and is what it was.
fn the_till_goes_on(folder: TempDir, landed: &Landed, fault: &str) {
    let mut shop = Shop::within(folder);
    shop.open();
    shop.sign_in();
    assert_same(&shop, &landed.truth());
    let set_aside = shop.dir().join("quarantine").exists();
    assert!(
        !set_aside,
        "{fault}: what was whole is not taken for damaged"
    );
    let copies = std::fs::read_dir(shop.dir().join("backup"))
        .unwrap()
        .count();
    assert_eq!(
        copies, 1,
        "{fault}: one copy of the vault, however often it was tried"
    );
}

fn the_cloud_goes_on(folder: TempDir, landed: &Landed, fault: &str) {
    let cloud = CloudRoom::left_in(folder.path());
    drop(folder);
    let was = log(&landed.path("cloud-then/cloud.db"));
    assert_eq!(log(&cloud.database()), was, "{fault}: every op is there");
}

impl Upgrade {
    /// Starts the program with a fault at one of its calls to the kernel; whether it met it.
    fn start(&self, dir: &Path, call: &str, fault: &str) -> (Output, bool) {
        let told = dir.join("strace");
        let plain = (self.starts)(dir);
        let output = Command::new("strace")
            .args(["-f", "-qq", "-e", &format!("trace={call}"), "-e"])
            .arg(format!("inject={call}:{fault}"))
            .arg("-o")
            .arg(&told)
            .arg(plain.get_program())
            .args(plain.get_args())
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("RUST_LOG")
            .output()
            .expect("strace runs: cargo xtask setup installs it");
        let words = std::fs::read_to_string(told).unwrap();
        let met = words.contains("(INJECTED)") || words.contains("killed by SIGKILL");
        (output, met)
    }

    /// One place after the other, until there is none left; how many were tried.
    fn at_every(&self, call: &str, fault: &str, step: usize, look: impl Fn(&Output, &str)) {
        let every = std::env::var_os("HOLDFAST_EVERY_WRITE").is_some();
        let step = if every { 1 } else { step };
        for (tried, nth) in (1_usize..).step_by(step).enumerate() {
            let folder = tempfile::tempdir().unwrap();
            copy_folder(&self.landed.path(self.part), folder.path());
            let fault = fault.replace("NTH", &nth.to_string());
            let (output, met) = self.start(folder.path(), call, &fault);
            if !met {
                eprintln!("{}: {tried} places of {call}, {fault} is beyond", self.part);
                assert!(tried > 0, "the upgrade never calls {call}");
                return;
            }
            let fault = format!("{call}:{fault}");
            look(&output, &fault);
            (self.goes_on)(folder, &self.landed, &fault);
        }
    }
}

/// A program that could not start for want of room says so.
fn says_that_it_is_full(output: &Output, fault: &str) {
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() || words.contains("disk"),
        "{fault}: it says why: {words}"
    );
}

#[test]
fn an_upgrade_on_a_disk_that_fills_up_at_any_write_goes_on_when_there_is_room() {
    let till = of_a_till();
    till.at_every("pwrite64", FULL, STEP, says_that_it_is_full);
    till.at_every("copy_file_range", FULL, 1, says_that_it_is_full);
}

#[test]
fn an_upgrade_that_is_killed_at_any_write_begins_again() {
    let till = of_a_till();
    till.at_every("pwrite64", KILLED, STEP, |_, _| {});
    till.at_every("fdatasync", KILLED, 1, |_, _| {});
    till.at_every("rename", KILLED, 1, |_, _| {});
}

#[test]
fn a_clouds_upgrade_that_is_cut_short_at_any_write_goes_on_at_its_next_start() {
    let cloud = of_a_cloud();
    cloud.at_every("pwrite64", FULL, STEP, says_that_it_is_full);
    cloud.at_every("pwrite64", KILLED, STEP, |_, _| {});
    cloud.at_every("fdatasync", KILLED, 1, |_, _| {});
}
