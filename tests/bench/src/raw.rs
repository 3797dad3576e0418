//! The yardstick: 4 KiB appended to a file and flushed, on the disk that is measured.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::samples::Samples;

/// What the disk itself needs for one durable page.
pub(crate) struct RawFlush {
    file: File,
    page: [u8; 4096],
    /// How long each append and flush took.
    pub(crate) times: Samples,
}

impl RawFlush {
    /// A file of its own in this folder.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("raw-flush");
        let file =
            File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        let times = Samples::default();
        let page = [7; 4096];
        Ok(Self { file, page, times })
    }

    /// So many appends, each flushed (`fdatasync`) before the next.
    pub(crate) fn block(&mut self, count: usize) -> Result<()> {
        let (file, page) = (&mut self.file, &self.page);
        for _ in 0..count {
            self.times
                .time(|| file.write_all(page).and_then(|()| file.sync_data()))
                .context("the raw append failed")?;
        }
        Ok(())
    }
}
