//! What the cloud does not hold yet as a file that head office can take in.
//!
//! One signed batch a line, packed with zstd: exactly what would have been sent. Nothing is marked
//! as sent by it; taken in twice, it counts once.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use protocol::ids::SegmentId;
use protocol::limits::BatchLimits;
use protocol::wire::CloudHead;
use sync::chunk::CutLimits;
use sync::till::Cut;
use vault::outbox;

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
        let refused = |error: std::io::Error| refused(path, &error);
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(refused)?;
        let mut packed =
            zstd::stream::write::Encoder::new(BufWriter::new(file), LEVEL).map_err(refused)?;
        let mut after = self.told_heads()?;
        let mut ops = 0;
        loop {
            match store::cut(self, &after, CutLimits::from(BatchLimits::default())) {
                Cut::Nothing => break,
                Cut::Batch(batch) => {
                    let line = serde_json::to_vec(&batch.request)
                        .map_err(|error| AppError::internal(&error))?;
                    packed.write_all(&line).map_err(refused)?;
                    packed.write_all(b"\n").map_err(refused)?;
                    ops += batch.ops() as u64;
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
        let mut file = packed.finish().map_err(refused)?;
        file.flush().map_err(refused)?;
        file.get_ref().sync_all().map_err(refused)?;
        let bytes = file.get_ref().metadata().map_err(refused)?.len();
        Ok(Written { ops, bytes })
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
