//! The frame: who, where, what is safe, told whenever it changes.
//!
//! Owns the one value that the header shows. It is made from counters that the vault keeps, never
//! from a scan, so that a million sales cost what ten cost.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use domain::Currency;
use vault::{Damage, StartReport, outbox};

use crate::config::CloudLink;
use crate::dto::{
    CurrencyDto, OperatorDto, PrinterKind, PrinterState, Safety, SafetyKind, TillStatus,
};
use crate::error::{AppError, Code};
use crate::events::TillEvent;
use crate::sync_worker::LinkView;
use crate::till::Till;

/// A clock wrong by less than this is not worth a word.
const CLOCK_TOLERANCE_MS: i64 = 120_000;

impl Till {
    /// Everything the frame shows.
    pub fn status(&self) -> Result<TillStatus, AppError> {
        // Before anything is read: a higher revision never shows an older state.
        let revision = self.revision.fetch_add(1, Ordering::SeqCst) + 1;
        let config = self.config_if_set_up();
        let fallback = || Currency::from_code("EUR").ok_or_else(|| AppError::internal(&"no EUR"));
        let currency = match &config {
            Some(config) => config.rules.currency,
            None => fallback()?,
        };
        let session = self.counter().session.clone();
        let link = self.link_view();
        let untold = self.untold_count()?;
        Ok(TillStatus {
            revision,
            set_up: config.is_some(),
            branch_name: config
                .as_ref()
                .map_or_else(String::new, |c| c.branch_name.clone()),
            till_name: config
                .as_ref()
                .map_or_else(String::new, |c| c.till_name.clone()),
            currency: CurrencyDto::from(currency),
            price_mode: config
                .as_ref()
                .map_or(domain::PriceMode::TaxIncluded, |c| c.rules.price_mode),
            operator: session.map(|session| OperatorDto {
                operator_id: session.operator_id,
                name: session.name,
                role: session.role,
            }),
            safety: self.safety(config.as_ref().map(|c| &c.cloud), &link)?,
            printer: self.printer_state()?,
            clock_at_ms: self.now_ms(),
            clock_wrong_by_ms: link
                .clock_err_ms
                .filter(|wrong| wrong.abs() > CLOCK_TOLERANCE_MS),
            untold: u32::try_from(untold).unwrap_or(u32::MAX),
            print_waiting: self.print_waiting()?,
            trouble: self.trouble(),
        })
    }

    /// Tells the window that the frame changed; one at a time, so that the last told is the
    /// newest. Never called with the counter, the config or the workers locked.
    pub(crate) fn tell_status(&self) {
        if !self.listeners.any() {
            return;
        }
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        match self.status() {
            Ok(status) => {
                let paused = self.sync_paused().unwrap_or(false);
                let progress = self.progress_to_tell(&status.safety, paused);
                self.listeners.tell(&TillEvent::Status(Box::new(status)));
                if let Some(progress) = progress {
                    self.listeners.tell(&TillEvent::SyncProgress(progress));
                }
            }
            Err(error) => tracing::warn!("the frame could not be told: {error}"),
        }
    }

    fn safety(&self, cloud: Option<&CloudLink>, link: &LinkView) -> Result<Safety, AppError> {
        let summary = self.vault.read(outbox::summary)?;
        let needs_person = self.needing_person()?;
        let alone = matches!(cloud, None | Some(CloudLink::None));
        let kind = if alone {
            SafetyKind::Alone
        } else if needs_person > 0 || link.needs_person {
            SafetyKind::NeedsPerson
        } else if link.offline_since_ms.is_some() {
            SafetyKind::Offline
        } else if summary.ops_waiting > 0 {
            SafetyKind::Sending
        } else {
            SafetyKind::AllSafe
        };
        Ok(Safety {
            kind,
            sales_total: summary.sales_total,
            sales_waiting: summary.sales_waiting,
            ops_waiting: summary.ops_waiting,
            needs_person,
            since_at_ms: link.offline_since_ms,
            next_attempt_at_ms: link.next_attempt_at_ms,
            last_answer: link.last_answer.clone(),
        })
    }

    /// Why selling is refused, if it is.
    fn trouble(&self) -> Option<AppError> {
        let health = self.vault.health();
        if let Some(words) = health.poisoned {
            return Some(AppError::new(
                Code::DiskFailed,
                format!("{words}; close the till and open it again: it reads back what is on disk"),
            ));
        }
        if health.takes_new_carts {
            return None;
        }
        let free = health.free_bytes.unwrap_or_default();
        Some(
            AppError::new(Code::DiskFull, "the disk is full: an open sale can be finished, a new one cannot begin; free some space")
                .field("free_bytes", free),
        )
    }
}

/// The printer in the frame, from what waits and what it said last.
pub(crate) fn printer_state(
    name: &str,
    set_up: bool,
    printing: bool,
    waiting: u32,
    trouble: Option<String>,
) -> PrinterState {
    let kind = match (set_up, printing, waiting) {
        (false, _, _) => PrinterKind::None,
        (true, true, _) => PrinterKind::Printing,
        (true, false, 0) => PrinterKind::Ready,
        (true, false, _) => PrinterKind::Waiting,
    };
    PrinterState {
        kind,
        name: name.to_owned(),
        trouble,
    }
}

/// What the last start found and mended, in words; empty when there was nothing.
pub(crate) fn start_words(start: &StartReport) -> String {
    let mut words = Vec::new();
    let rebuilt = |what: &str, damage: &Damage| match damage {
        Damage::None => None,
        Damage::Rebuilt { why } => Some(format!("the {what} was set aside and rebuilt ({why})")),
    };
    words.extend(rebuilt("vault", &start.vault));
    words.extend(rebuilt("journal", &start.journal));
    if start.recovered_ops > 0 {
        words.push(format!(
            "{} ops came back from the journal",
            start.recovered_ops
        ));
    }
    for (first, last) in &start.missing {
        words.push(format!("ops {first} to {last} are missing on both media"));
    }
    words.join("; ")
}
