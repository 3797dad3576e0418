//! The installer's tools: asking the cloud anew, reading its catalogue again, taking what is unsent
//! out as a file, leaving.
//!
//! Promises that no tool deletes an op. Leaving is refused while anything is unsent, unless it is
//! written to a file first; the vault stays where it is either way.

use std::path::{Path, PathBuf};

use domain::Right;
use protocol::pull::PullScope;
use vault::{outbox, settings};

use crate::config::{CONFIG, CloudLink, TillConfig};
use crate::dto::{LeaveRequest, ToolDone};
use crate::error::{AppError, Code};
use crate::sync_worker::Written;
use crate::till::Till;

/// Under which name the till keeps the epoch of the cloud's last answer.
const CLOUD_EPOCH: &str = "cloud_epoch";

impl Till {
    /// Forgets what the cloud said of its heads and asks it again; what it does not hold is sent.
    pub fn rebuild_outbox(&self) -> Result<ToolDone, AppError> {
        self.session_with(Right::SyncTools)?;
        self.refuse_without_cloud()?;
        self.vault.transact(|tx| {
            outbox::forget_heads(tx)?;
            settings::put_passing(tx, CLOUD_EPOCH, &None::<uuid::Uuid>)
        })?;
        self.begin_sync_again()?;
        self.tell_status();
        let waiting = self.vault.read(outbox::summary)?.ops_waiting;
        Ok(said(format!(
            "The queue is rebuilt from the vault: {waiting} records. The cloud is asked what it holds; what it has is not sent again."
        )))
    }

    /// Begins to fetch all that the cloud gives from its beginning; what is sold by stays until then.
    ///
    /// Every scope and not the catalogue alone: whoever asks for it distrusts what is here, and nothing
    /// that is fetched is the only copy of anything.
    pub fn reread_catalogue(&self) -> Result<ToolDone, AppError> {
        self.session_with(Right::SyncTools)?;
        self.refuse_without_cloud()?;
        for scope in PullScope::ALL {
            self.shop.reset_pull(scope)?;
        }
        self.begin_sync_again()?;
        Ok(said(
            "Articles, stock, people, settings and conflicts are fetched again from their beginning; what is at hand is sold by until they are whole."
                .to_owned(),
        ))
    }

    /// Writes what the cloud does not hold yet to a file that head office can take in.
    pub fn salvage_file(&self, path: String) -> Result<ToolDone, AppError> {
        self.session_with(Right::SyncTools)?;
        let written = self.write_salvage(Path::new(&path))?;
        Ok(ToolDone {
            words: format!(
                "{} records in {} bytes, signed by this till. They stay here as well.",
                written.ops, written.bytes
            ),
            path: Some(path),
        })
    }

    /// Writes everything that this till recorded to a file that head office can take in.
    pub fn export_vault(&self, path: String) -> Result<ToolDone, AppError> {
        self.session_with(Right::SyncTools)?;
        let written = self.write_everything(Path::new(&path))?;
        Ok(ToolDone {
            words: format!(
                "All {} records of this till in {} bytes, signed and not encrypted: keep the file as you keep the till.",
                written.ops, written.bytes
            ),
            path: Some(path),
        })
    }

    /// Leaves the cloud; selling goes on alone and the vault stays whole.
    pub fn leave_cloud(&self, request: LeaveRequest) -> Result<ToolDone, AppError> {
        self.session_with(Right::SyncTools)?;
        let config = self.refuse_without_cloud()?;
        self.stop_sync();
        let path = request.export_to.clone();
        let left = self.write_then_leave(request.export_to.map(PathBuf::from), &config);
        // Whatever became of it: a till that still belongs to a cloud goes on sending.
        self.start_workers()?;
        let written = left?;
        self.tell_status();
        Ok(ToolDone {
            words: match written {
                Some(written) => format!(
                    "This till is alone now and sells on. {} records that the cloud does not hold are in the file, and stay here.",
                    written.ops
                ),
                None => "This till is alone now and sells on; the cloud holds all it recorded."
                    .to_owned(),
            },
            path,
        })
    }

    fn write_then_leave(
        &self,
        export_to: Option<PathBuf>,
        config: &TillConfig,
    ) -> Result<Option<Written>, AppError> {
        let waiting = self.vault.read(outbox::summary)?.ops_waiting;
        let written = match export_to {
            Some(path) => Some(self.write_salvage(&path)?),
            None if waiting > 0 => {
                return Err(AppError::new(
                    Code::OpsUnsent,
                    format!("{waiting} records are not in the cloud yet: send them, or write them to a file first"),
                )
                .field("ops_waiting", waiting));
            }
            None => None,
        };
        let mut alone = config.clone();
        alone.cloud = CloudLink::None;
        let stored = alone.clone();
        self.vault
            .transact(move |tx| settings::put(tx, CONFIG, &stored))?;
        self.remember_config(alone);
        Ok(written)
    }

    fn refuse_without_cloud(&self) -> Result<TillConfig, AppError> {
        let config = self.config()?;
        if config.cloud == CloudLink::None {
            return Err(AppError::new(
                Code::NoCloud,
                "this till belongs to no cloud: join one first",
            ));
        }
        Ok((*config).clone())
    }

    fn stop_sync(&self) {
        let old = self.workers().sync.take();
        if let Some(old) = old {
            old.stop();
        }
    }

    fn begin_sync_again(&self) -> Result<(), AppError> {
        self.stop_sync();
        self.start_workers()
    }
}

fn said(words: String) -> ToolDone {
    ToolDone { words, path: None }
}
