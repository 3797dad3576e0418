//! The ops of a revoked till, brought in by hand.
//!
//! The file has one `PushRequest` a line, as the till signed them. Each is recorded exactly like a
//! push: the till's signature over its runs is checked, every link is computed anew, what is
//! recorded already is a duplicate. One thing alone is waived, because a person of head office
//! approved it, and that is written down: that the till was revoked.

use std::io::{self, BufRead, BufReader, Read};

use protocol::limits::MAX_BATCH_BYTES;
use protocol::wire::{PROTO, PushRequest, RunStatus};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use transport::packing::ZSTD_WINDOW_LOG_MAX;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Office, OfficeError};
use crate::store::{PushAnswered, PushJob, TillCredential};

/// The largest file unpacked: hundreds of times what a till records in a month. A small file cannot keep a cloud
/// busy for hours.
const MAX_UNPACKED_BYTES: u64 = 8 << 30;
/// Runs that are listed; all are counted.
const MAX_STOPPED_LISTED: usize = 1_000;

/// What became of a salvaged file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct SalvageReport {
    /// Lines of the file that were not blank.
    pub lines: u64,
    /// Ops that are in the log now, those that were before among them.
    pub ops: u64,
    /// Of these, what was there already.
    pub duplicates: u64,
    /// Runs that were not taken, with the reason: `bad_sig`, `bad_chain`, `gap`…; the first thousand.
    pub stopped: Vec<Salvaged>,
    /// How many more of them there are.
    #[serde(default)]
    pub stopped_unlisted: u64,
}

/// A run that was not taken whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Salvaged {
    /// The line of the file, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

impl SalvageReport {
    fn stop(&mut self, run: Salvaged) {
        if self.stopped.len() < MAX_STOPPED_LISTED {
            self.stopped.push(run);
        } else {
            self.stopped_unlisted += 1;
        }
    }
}

impl Office<'_> {
    /// Records a whole file: zstd, one request a line. Writes down who approved it.
    pub async fn salvage(&self, packed: impl Read) -> Result<SalvageReport, OfficeError> {
        let damaged =
            |error: io::Error| OfficeError::Malformed(format!("the file cannot be read: {error}"));
        let mut decoder = zstd::stream::read::Decoder::new(packed).map_err(damaged)?;
        decoder
            .window_log_max(ZSTD_WINDOW_LOG_MAX)
            .map_err(damaged)?;
        let mut lines = BufReader::new(decoder.take(MAX_UNPACKED_BYTES + 1));
        let mut report = SalvageReport::default();
        loop {
            let mut line = Vec::new();
            // One byte beyond the limit tells a line that is too long; the rest of it is the next
            // line and is refused as unreadable.
            let limit = MAX_BATCH_BYTES as u64 + 1;
            let read = lines.by_ref().take(limit).read_until(b'\n', &mut line);
            if read.map_err(damaged)? == 0 {
                break;
            }
            // A file of blank lines must not hold up who else asks.
            tokio::task::yield_now().await;
            let line = line.trim_ascii();
            if !line.is_empty() {
                self.salvage_line(&mut report, line).await?;
            }
        }
        self.salvage_done(&report).await?;
        if lines.get_ref().limit() == 0 {
            return Err(OfficeError::Malformed(format!(
                "the file unpacks to more than {MAX_UNPACKED_BYTES} bytes: what came before is recorded, hand the rest in as a file of its own"
            )));
        }
        Ok(report)
    }

    async fn salvage_line(
        &self,
        report: &mut SalvageReport,
        line: &[u8],
    ) -> Result<(), OfficeError> {
        report.lines += 1;
        let at = report.lines;
        let stop = |reason: String| Salvaged { line: at, reason };
        if line.len() > MAX_BATCH_BYTES {
            let reason = format!("{} bytes, the limit is {MAX_BATCH_BYTES}", line.len());
            report.stop(stop(reason));
            return Ok(());
        }
        let request: PushRequest = match serde_json::from_slice(line) {
            Ok(request) => request,
            Err(error) => {
                report.stop(stop(format!("unreadable: {error}")));
                return Ok(());
            }
        };
        let caller = match self.speaker(&request).await? {
            Ok(caller) => caller,
            Err(reason) => {
                report.stop(stop(reason));
                return Ok(());
            }
        };
        let fingerprint: [u8; 32] = Sha256::digest(line).into();
        let job = PushJob {
            caller,
            key: key_of(&fingerprint),
            fingerprint,
            now_ms: self.now_ms(),
            request,
        };
        match self.store.push(job).await? {
            PushAnswered::KeyReused => report.stop(stop("its key is taken".into())),
            PushAnswered::Answer { answer, .. } => {
                for run in answer.runs {
                    report.ops += run.results.len() as u64;
                    let known = run
                        .results
                        .iter()
                        .filter(|result| result.outcome == protocol::Outcome::Duplicate);
                    report.duplicates += known.count() as u64;
                    if run.status != RunStatus::Ok {
                        let reason = serde_json::to_value(&run.status).unwrap_or_default();
                        let reason = format!("segment {}: {reason}", run.segment);
                        report.stop(stop(reason));
                    }
                }
            }
        }
        Ok(())
    }

    async fn salvage_done(&self, report: &SalvageReport) -> Result<(), OfficeError> {
        let (lines, ops, duplicates) = (report.lines, report.ops, report.duplicates);
        let stopped = report.stopped.len() as u64 + report.stopped_unlisted;
        let (tenant, by) = (self.admin.tenant, self.admin.token_id);
        tracing::warn!(%tenant, ?by, lines, ops, duplicates, stopped, "a salvage was approved");
        let about =
            format!("{lines} lines, {ops} ops, {duplicates} known already, {stopped} stopped");
        self.note("salvage", about).await
    }

    /// The till whose ops the line holds, with its revocation waived; its signature is not.
    async fn speaker(
        &self,
        request: &PushRequest,
    ) -> Result<Result<TillCredential, String>, OfficeError> {
        if request.proto != PROTO {
            let found = request.proto;
            return Ok(Err(format!("proto is {found}, this cloud speaks {PROTO}")));
        }
        if request.runs.iter().any(|run| run.till != request.sender) {
            return Ok(Err("a run is of another till than the sender".into()));
        }
        let found = self.store.till(request.sender).await?;
        let ours = found.filter(|till| till.tenant == self.admin.tenant);
        Ok(ours
            .map(|till| TillCredential {
                revoked_at_ms: None,
                ..till
            })
            .ok_or_else(|| format!("till {} is not one of this business", request.sender)))
    }
}

/// The same line is the same batch, however often the file is handed in.
fn key_of(fingerprint: &[u8; 32]) -> Uuid {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&fingerprint[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
