//! What this till recorded, as a file that head office can take in: what the cloud does not hold
//! yet, or everything.
//!
//! One signed batch a line, packed with zstd: exactly what would be sent. Nothing is marked as sent
//! by it; taken in twice, it counts once. It is signed and not encrypted.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use protocol::ids::SegmentId;
use protocol::limits::BatchLimits;
use protocol::signing::sign;
use protocol::wire::{CloudHead, PushRequest};
use sync::chunk::{self, CutFor, CutLimits, Stretch};
use sync::till::Cut;
use vault::{outbox, queue};
use zstd::stream::write::Encoder;

use super::store;
use crate::error::{AppError, Code};
use crate::till::Till;

/// zstd's own usual level.
const LEVEL: i32 = 3;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Written {
    pub ops: u64,
    pub bytes: u64,
}

impl Till {
    /// Writes every op that the cloud is not known to hold; the file must not exist yet.
    pub(crate) fn write_salvage(&self, path: &Path) -> Result<Written, AppError> {
        let mut out = Out::create(path)?;
        let mut after = self.told_heads()?;
        loop {
            match store::cut(self, &after, CutLimits::from(BatchLimits::default())) {
                Cut::Nothing => return out.end(),
                Cut::Batch(batch) => {
                    out.put(&batch.request)?;
                    for run in &batch.request.runs {
                        if let Some(last) = run.items.last() {
                            go_on(&mut after, run.segment, last.seq, last.chain);
                        }
                    }
                }
                Cut::Damaged { words } | Cut::Failed { words } => {
                    return Err(AppError::new(Code::VaultDamaged, words));
                }
            }
        }
    }

    /// Writes every op of this till, wherever else it is; the file must not exist yet.
    pub(crate) fn write_everything(&self, path: &Path) -> Result<Written, AppError> {
        let identity = self.identity()?;
        let key = self.signing_key();
        let cut_for = CutFor {
            till: identity.till,
            genesis_tenant: identity.genesis_tenant,
            sign: &|statement| sign(&key, statement),
        };
        let limits = CutLimits::from(BatchLimits::default());
        let mut out = Out::create(path)?;
        for segment in self.vault.read(queue::segments)? {
            let mut after = 0;
            while let Some(stretch) = self.stretch(segment, after, limits)? {
                let cut = chunk::cut(&[stretch], limits, &cut_for)
                    .map_err(|refused| AppError::new(Code::VaultDamaged, refused.to_string()))?;
                let Some(request) = cut else { break };
                out.put(&request)?;
                let items = request.runs.iter().filter_map(|run| run.items.last());
                after = items.map(|last| last.seq).max().unwrap_or(u64::MAX);
            }
        }
        out.end()
    }

    fn stretch(
        &self,
        segment: SegmentId,
        after: u64,
        limits: CutLimits,
    ) -> Result<Option<Stretch>, AppError> {
        let max_ops = u32::try_from(limits.max_ops).unwrap_or(u32::MAX);
        let found = self.vault.read(|reader| {
            let Some(start) = outbox::segment_start(reader, segment)? else {
                return Ok(None);
            };
            let bytes = limits.max_bytes as u64;
            let ops = outbox::ops_after(reader, segment, after, max_ops, bytes)?;
            Ok((!ops.is_empty()).then_some(Stretch {
                segment,
                parent: start.parent,
                first_seq: start.first_seq,
                ops,
            }))
        })?;
        Ok(found)
    }

    /// The cloud's heads as it last told them.
    fn told_heads(&self) -> Result<Vec<CloudHead>, AppError> {
        let most = u32::try_from(protocol::limits::MAX_HELLO_HEADS).unwrap_or(u32::MAX);
        Ok(self.vault.read(|reader| {
            let mut told = Vec::new();
            for own in outbox::own_heads(reader, most)? {
                told.extend(outbox::cloud_head(reader, own.segment)?);
            }
            Ok(told)
        })?)
    }
}

/// The file on its way: packed, and flushed at its end.
struct Out<'a> {
    path: &'a Path,
    packed: Encoder<'static, BufWriter<File>>,
    ops: u64,
}

impl<'a> Out<'a> {
    fn create(path: &'a Path) -> Result<Self, AppError> {
        let mut options = File::options();
        let file = options.write(true).create_new(true).open(path);
        let packed = file.and_then(|file| Encoder::new(BufWriter::new(file), LEVEL));
        Ok(Self {
            path,
            packed: packed.map_err(|error| refused(path, &error))?,
            ops: 0,
        })
    }

    fn put(&mut self, request: &PushRequest) -> Result<(), AppError> {
        let mut line = serde_json::to_vec(request).map_err(|error| AppError::internal(&error))?;
        line.push(b'\n');
        self.packed
            .write_all(&line)
            .map_err(|error| refused(self.path, &error))?;
        self.ops += request
            .runs
            .iter()
            .map(|run| run.items.len() as u64)
            .sum::<u64>();
        Ok(())
    }

    fn end(self) -> Result<Written, AppError> {
        let finish = |packed: Encoder<'static, BufWriter<File>>| {
            let mut file = packed.finish()?;
            file.flush()?;
            file.get_ref().sync_all()?;
            Ok(file.get_ref().metadata()?.len())
        };
        let bytes = finish(self.packed).map_err(|error| refused(self.path, &error))?;
        Ok(Written {
            ops: self.ops,
            bytes,
        })
    }
}

/// The next batch begins after this one.
fn go_on(after: &mut Vec<CloudHead>, segment: SegmentId, seq: u64, chain: protocol::ChainHash) {
    let head = CloudHead {
        segment,
        seq,
        chain,
        secured: 0,
    };
    match after.iter_mut().find(|known| known.segment == segment) {
        Some(known) => *known = head,
        None => after.push(head),
    }
}

fn refused(path: &Path, error: &std::io::Error) -> AppError {
    let code = if error.kind() == std::io::ErrorKind::AlreadyExists {
        Code::PathTaken
    } else {
        Code::FileUnreadable
    };
    AppError::new(code, format!("{}: {error}", path.display())).field("path", path.display())
}
