//! The file for support: what somebody far away needs to see, and nothing that is the shop's own.
//!
//! Owns the list of what goes in. Promises: no key, no PIN, no name of a person or an article, no
//! amount, no customer's reference; receipts by their numbers alone. Plain text, so that who hands
//! it over can read it first.

use std::fmt::Write as _;
use std::path::PathBuf;

use domain::Right;
use protocol::pull::PullScope;
use vault::queue::{self, QueuePage};
use vault::{attempts, outbox, settings};

use crate::bring_up::APP_VERSION;
use crate::dto::{BundleMade, PrinterConnection};
use crate::error::{AppError, Code};
use crate::till::Till;
use crate::views::local_time;

/// The most attempts, queue lines and conflicts in it.
const MOST_LISTED: u32 = 500;

impl Till {
    /// Writes the file: to `path`, or beside the till's own files.
    pub fn support_bundle(&self, path: Option<String>) -> Result<BundleMade, AppError> {
        self.session_with(Right::SeeSales)?;
        let text = self.bundle_text()?;
        let path = path.map_or_else(|| self.bundle_path(), PathBuf::from);
        let refused = |error: std::io::Error| {
            let code = if error.kind() == std::io::ErrorKind::AlreadyExists {
                Code::PathTaken
            } else {
                Code::FileUnreadable
            };
            AppError::new(code, format!("{}: {error}", path.display()))
                .field("path", path.display())
        };
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(refused)?;
        std::io::Write::write_all(&mut file, text.as_bytes()).map_err(refused)?;
        Ok(BundleMade {
            path: path.display().to_string(),
            bytes: text.len() as u64,
            words: "State, queue, attempts, proof and versions. No PINs, no keys, no names, no amounts; receipts by their numbers alone.".to_owned(),
        })
    }

    fn bundle_path(&self) -> PathBuf {
        let at = local_time(self.now_ms()).replace([' ', ':'], "-");
        self.dir.join(format!("support-{at}-{}.txt", self.new_id()))
    }

    fn bundle_text(&self) -> Result<String, AppError> {
        let mut text = String::from("Holdfast support file\n");
        self.about_the_till(&mut text)?;
        self.about_the_queue(&mut text)?;
        self.about_the_cloud(&mut text)?;
        Ok(text)
    }

    fn about_the_till(&self, text: &mut String) -> Result<(), AppError> {
        let identity = self.identity()?;
        let health = self.vault.health();
        let start = crate::status::start_words(&self.start);
        head(text, "Till");
        line(text, "version", APP_VERSION);
        line(text, "made at", local_time(self.now_ms()));
        line(text, "tenant", identity.tenant);
        line(text, "branch", identity.branch);
        line(text, "till", identity.till);
        line(text, "keys kept", self.key_place.words());
        line(text, "takes new carts", health.takes_new_carts);
        line(text, "free bytes", health.free_bytes.unwrap_or_default());
        line(text, "disk failed", health.poisoned.unwrap_or_default());
        line(text, "found at start", start);
        if let Some(config) = self.config_if_set_up() {
            line(text, "currency", config.rules.currency.code());
            line(text, "demo", config.demo);
            line(text, "printer", printer_word(&config.printer.connection));
            line(text, "printer profile", &config.printer.profile);
        }
        let counts = self.shop.counts()?;
        line(text, "products", counts.products);
        line(text, "barcodes", counts.barcodes);
        Ok(())
    }

    fn about_the_queue(&self, text: &mut String) -> Result<(), AppError> {
        let (summary, lines, tried) = self.vault.read(|reader| {
            let page = QueuePage {
                text: None,
                before_seq: None,
                limit: MOST_LISTED,
            };
            Ok((
                outbox::summary(reader)?,
                queue::page(reader, &page)?,
                attempts::latest(reader, MOST_LISTED)?,
            ))
        })?;
        head(text, "Queue");
        line(text, "records", summary.ops_total);
        line(text, "records waiting", summary.ops_waiting);
        line(text, "sales", summary.sales_total);
        line(text, "sales waiting", summary.sales_waiting);
        for op in lines {
            let outcome = op.outcome.map_or("waits", protocol::Outcome::as_str);
            let _ = writeln!(
                text,
                "{} {} {} {} {outcome} {} {} bytes, {} attempts: {}",
                op.seq,
                op.kind,
                op.op_id,
                op.number.as_deref().unwrap_or("-"),
                op.code.as_deref().unwrap_or("-"),
                op.bytes,
                op.attempts,
                op.last_answer.as_deref().unwrap_or("-"),
            );
        }
        head(text, "Attempts");
        for attempt in tried {
            let (from, to) = attempt.range.map_or((0, 0), |(_, from, to)| (from, to));
            let _ = writeln!(
                text,
                "{} {:?} {from}-{to} {} ms answered={}: {}",
                attempt.started_at_ms,
                attempt.what,
                attempt.ended_at_ms - attempt.started_at_ms,
                attempt.answered,
                attempt.words,
            );
        }
        Ok(())
    }

    fn about_the_cloud(&self, text: &mut String) -> Result<(), AppError> {
        let link = self.link_view();
        head(text, "Cloud");
        if let Some(config) = self.config_if_set_up() {
            let url = crate::sync_screen::cloud_url(&config);
            line(text, "address", url.unwrap_or_default());
        }
        let epoch: Option<Option<uuid::Uuid>> = self
            .vault
            .read(|reader| settings::get(reader, "cloud_epoch"))?;
        line(text, "epoch", epoch.flatten().unwrap_or_default());
        line(text, "paused", self.sync_paused()?);
        line(
            text,
            "clock off by ms",
            link.clock_err_ms.unwrap_or_default(),
        );
        line(text, "last answer", link.last_answer.unwrap_or_default());
        for scope in PullScope::ALL {
            let place = self.shop.pull_place(scope)?;
            let _ = writeln!(
                text,
                "fetched {}: watermark {}, at {}",
                scope.as_str(),
                place.watermark,
                place.published_at_ms.unwrap_or_default(),
            );
        }
        if let Some(proof) = self.kept_proof()? {
            let _ = writeln!(
                text,
                "proof at {}: journal ok {}, verified to {}, equal {:?}",
                proof.checked_at_ms, proof.journal_ok, proof.journal_verified_to, proof.equal
            );
        }
        for row in self.told_conflicts("", false, MOST_LISTED)? {
            let code = row.code.map_or("-", |code| code.as_str());
            let _ = writeln!(
                text,
                "open {} {code} {} op {} version {} since {}",
                row.kind.as_str(),
                row.conflict,
                row.op_id,
                row.version,
                row.opened_at_ms,
            );
        }
        Ok(())
    }
}

fn head(text: &mut String, name: &str) {
    let _ = write!(text, "\n# {name}\n");
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name}: {value}");
}

/// The kind of connection; an address may name a person's machine.
fn printer_word(connection: &PrinterConnection) -> &'static str {
    match connection {
        PrinterConnection::None => "none",
        PrinterConnection::Network { .. } => "network",
        PrinterConnection::Serial { .. } => "serial",
        PrinterConnection::Usb { .. } => "usb",
        PrinterConnection::File { .. } => "file",
    }
}
