//! The parts that the promises across crates are shown with: a shop, a cloud, a line between them.
//!
//! Owns building them only. Everything is the real thing: the till on a real disk, the cloud on a
//! real socket, the built `holdfastctl`. Never decides whether a promise is kept; the tests do.

#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "parts of tests: a part that cannot be built fails its test with these words"
)]

mod cloud_room;
mod ctl;
mod landed;
mod line;
mod shop;
mod stranger;

pub use cloud_room::CloudRoom;
pub use ctl::{Answer, ctl, program};
pub use landed::{Landed, cloud_moved};
pub use line::{Cut, Line};
pub use shop::{MANAGER_PIN, Shop, private_key};
pub use stranger::{Said, stranger};

use std::path::Path;
use std::time::{Duration, Instant};

/// A copy of a folder's files and folders, into one that may be there.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("its entries") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("its kind").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Asks again and again until it is so; `false` after half a minute. Nothing is judged by how long
/// it took.
pub fn until(mut so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if so() {
            return true;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
    so()
}
