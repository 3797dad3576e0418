//! The real vault and the real journal on a disk that loses what was not flushed.
//!
//! [`SimDisk`] lies under both: SQLite reaches it through a VFS, the journal and the vault's own
//! files through [`journal::Disk`]. It keeps one trace of everything that a power cut may undo;
//! [`Replay`] says what lies on the platter after any part of it. A scripted day of a till is
//! recorded once and then cut at every write, flush and name.
//!
//! Never shipped, never decides anything of the till's.

mod chance;
mod crash;
mod day;
mod disk;
mod event;
mod fault;
mod image;
mod judge;
mod lies;
mod live;
mod port;
mod replay;
mod till;
mod vfs;
mod view;

pub use chance::Chance;
pub use crash::{Effort, Tally, crash_everywhere, trace_hash};
pub use day::{Reel, Step, day, flip, in_folder};

pub use disk::SimDisk;
pub use event::{Event, FileId};
pub use fault::{Call, Fault, Plan};
pub use image::{Content, Image};
pub use judge::{Broken, Expected, Found, judge};
pub use lies::{Lied, files_damaged, synced_tail_lost};
pub use live::{HITS, Hit, hit_every_call, nothing_after_a_failed_flush};
pub use replay::{Keep, Replay};
pub use till::Till;
pub use view::View;
