//! What lies on a disk when a machine starts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// One file of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// Room taken without bytes.
    pub reserved: u64,
}

/// What lies on a disk when a machine starts.
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// Files by name.
    pub files: BTreeMap<PathBuf, Content>,
    /// Folders; the root is always there.
    pub folders: BTreeSet<PathBuf>,
}
