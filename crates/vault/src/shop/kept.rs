//! What shop.db can be made anew from: `imports/` in the data folder.
//!
//! Each accepted import is kept whole: `NNNNNN-<16 hex of its sha-256>.csv.zst` (the unpacked CSV, zstd) with its
//! options beside it as `.json`; `branch.json` holds the tax classes and in-store rules as last set.
//!
//! Promises: a file with its final name is complete and flushed; an import is accepted by the rename that
//! gives it that name. Never deletes an accepted import.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use domain::{InStoreRule, TaxClass};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::ShopError;
use super::import::ImportOptions;

/// zstd's own default: 800,000 rows shrink to a fifth in under a second.
const LEVEL: i32 = 3;
const ENDING: &str = ".csv.zst";
const PART: &str = "incoming.part";

/// What the branch set beside its articles.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct BranchSettings {
    pub(super) tax_classes: Vec<TaxClass>,
    pub(super) rules: Vec<InStoreRule>,
}

/// The folder of kept imports.
#[derive(Debug)]
pub(super) struct Kept {
    dir: PathBuf,
}

impl Kept {
    pub(super) fn open(data_dir: &Path) -> Result<Self, ShopError> {
        let dir = data_dir.join("imports");
        fs::create_dir_all(&dir).map_err(ShopError::disk(&dir))?;
        Ok(Self { dir })
    }

    /// The accepted imports by name, oldest first.
    pub(super) fn names(&self) -> Result<Vec<String>, ShopError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(ShopError::disk(&self.dir))? {
            let entry = entry.map_err(ShopError::disk(&self.dir))?;
            if let Some(name) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.strip_suffix(ENDING))
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Begins to keep a source; it has no final name yet and is overwritten by the next.
    pub(super) fn begin(&self) -> Result<KeptPart, ShopError> {
        let path = self.dir.join(PART);
        let file = File::create(&path).map_err(ShopError::disk(&path))?;
        let encoder = zstd::Encoder::new(file, LEVEL).map_err(ShopError::disk(&path))?;
        Ok(KeptPart { path, encoder })
    }

    /// Accepts a source: options first, then the one rename that makes it count. Answers its name.
    pub(super) fn accept(
        &self,
        part: KeptPart,
        sha256: &str,
        options: &ImportOptions,
    ) -> Result<String, ShopError> {
        let number = self
            .names()?
            .iter()
            .filter_map(|name| name.split('-').next()?.parse::<u64>().ok())
            .max();
        let name = format!("{:06}-{}", number.unwrap_or(0) + 1, &sha256[..16]);
        write_whole(&self.dir.join(format!("{name}.json")), &to_json(options)?)?;
        let target = self.dir.join(format!("{name}{ENDING}"));
        let file = part.encoder.finish().map_err(ShopError::disk(&part.path))?;
        file.sync_all().map_err(ShopError::disk(&part.path))?;
        fs::rename(&part.path, &target).map_err(ShopError::disk(&target))?;
        sync_dir(&self.dir)?;
        Ok(name)
    }

    /// Takes back an import whose catalogue could not be published.
    pub(super) fn take_back(&self, name: &str) {
        // A file that stays is imported at the next start: late, but nothing is lost.
        for ending in [ENDING, ".json"] {
            if let Err(error) = fs::remove_file(self.dir.join(format!("{name}{ending}"))) {
                tracing::warn!(name, %error, "an import that was not published stays; the next start imports it");
            }
        }
    }

    /// Opens an accepted import to read it again.
    pub(super) fn read(&self, name: &str) -> Result<(ImportOptions, impl Read + use<>), ShopError> {
        let path = self.dir.join(format!("{name}.json"));
        let text = fs::read(&path).map_err(ShopError::disk(&path))?;
        let options = serde_json::from_slice(&text)
            .map_err(|error| ShopError::disk(&path)(io::Error::other(error)))?;
        let path = self.dir.join(format!("{name}{ENDING}"));
        let file = File::open(&path).map_err(ShopError::disk(&path))?;
        Ok((options, BufReader::new(file)))
    }

    /// Keeps the branch's settings, whole or not at all.
    pub(super) fn write_settings(&self, settings: &BranchSettings) -> Result<(), ShopError> {
        write_whole(&self.dir.join("branch.json"), &to_json(settings)?)
    }

    /// The branch's settings; none were kept: empty.
    pub(super) fn read_settings(&self) -> Result<BranchSettings, ShopError> {
        let path = self.dir.join("branch.json");
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|error| ShopError::disk(&path)(io::Error::other(error))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BranchSettings::default()),
            Err(error) => Err(ShopError::disk(&path)(error)),
        }
    }
}

/// A source while it is being kept.
pub(super) struct KeptPart {
    path: PathBuf,
    encoder: zstd::Encoder<'static, File>,
}

impl KeptPart {
    /// Gives up a source that was not accepted.
    pub(super) fn discard(self) {
        super::anew::remove_quietly(&self.path);
    }
}

/// Reads a source while hashing it and, if it is to be kept, writing it down.
pub(super) struct Tee<'a, R> {
    source: R,
    part: Option<&'a mut KeptPart>,
    hash: Sha256,
}

impl<'a, R: Read> Tee<'a, R> {
    pub(super) fn new(source: R, part: Option<&'a mut KeptPart>) -> Self {
        Self {
            source,
            part,
            hash: Sha256::new(),
        }
    }

    /// The sha-256 of everything read, in hex.
    pub(super) fn sha256(self) -> String {
        hex::encode(self.hash.finalize())
    }
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        let bytes = buffer.get(..length).unwrap_or_default();
        self.hash.update(bytes);
        if let Some(part) = &mut self.part {
            part.encoder.write_all(bytes)?;
        }
        Ok(length)
    }
}

/// Makes a rename survive a power cut.
pub(super) fn sync_dir(dir: &Path) -> Result<(), ShopError> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(ShopError::disk(dir))
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, ShopError> {
    serde_json::to_vec_pretty(value).map_err(|error| {
        ShopError::refused("settings", &error.to_string(), "must be writable as JSON")
    })
}

/// Writes a small file whole: beside, flushed, renamed.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ShopError> {
    let beside = path.with_extension("part");
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(ShopError::disk(&beside))?;
    fs::rename(&beside, path).map_err(ShopError::disk(path))
}
