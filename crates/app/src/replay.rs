//! Ringing real invoices through the window's own commands.
//!
//! Owns the order of commands per invoice and the account of what became of each: every invoice is
//! a sale, a refund, an adjustment or refused with its reason; no row is dropped silently. An
//! invoice that this till has rung before (a replay that was cut) is counted and not rung again:
//! its number stands on the fact as `reference`.

mod invoice;
mod ring;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use vault::sales::SaleFact;

use crate::error::{AppError, Code};
use crate::till::Till;
use invoice::{Invoice, Kind};

/// The account of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ReplayReport {
    /// Invoices looked at: sales + refunds + adjustments + refused.
    pub invoices: u64,
    /// Rung as sales.
    pub sales: u64,
    /// Rung as refunds without receipt.
    pub refunds: u64,
    /// Booked as stock adjustments.
    pub adjustments: u64,
    /// Not rung, each with its reason.
    pub refused: Vec<RefusedInvoice>,
    /// Of them, rung by an earlier run of this replay.
    pub rung_before: u64,
    /// Lines of sales, refunds and adjustments.
    pub lines: u64,
    /// Value of sales less refunds, minor units, without tax.
    pub net_minor: i64,
    /// Products that were made.
    pub products_made: u64,
    /// Whole seconds it took.
    pub seconds: u64,
}

/// An invoice that was not rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedInvoice {
    /// Its number.
    pub invoice: String,
    /// Why.
    pub reason: String,
}

impl ReplayReport {
    /// For people.
    pub fn words(&self) -> String {
        let mut text = format!(
            "{} invoices in {} s: {} sales, {} refunds, {} stock adjustments, {} refused ({} lines, {} products made).",
            self.invoices,
            self.seconds,
            self.sales,
            self.refunds,
            self.adjustments,
            self.refused.len(),
            self.lines,
            self.products_made
        );
        for refused in &self.refused {
            let _ = write!(text, "\n{}: {}", refused.invoice, refused.reason);
        }
        text
    }
}

/// How much of a file is rung, and how.
#[derive(Debug, Clone, Default)]
pub struct ReplayHow {
    /// Only so many invoices.
    pub limit: Option<usize>,
    /// Each acknowledged invoice is told here, in a line of its own.
    pub acks: Option<PathBuf>,
    /// The pause before each invoice.
    pub every: Duration,
}

impl Till {
    /// Rings the invoices of a file of the Online Retail form.
    pub fn replay(&self, file: &Path, how: &ReplayHow) -> Result<ReplayReport, AppError> {
        let started_ms = self.clock.mono_ms();
        let currency = self.rules()?.currency;
        let invoices =
            invoice::read(open(file)?, currency).map_err(|error| unreadable(file, &error))?;
        let mut acks = how.acks.as_deref().map(append).transpose()?;
        // What a killed replay left on the counter is not part of any invoice.
        self.refuse_cart_of_a_person()?;
        self.abandon_cart()?;
        self.settle_untold()?;
        let mut report = ReplayReport::default();
        for invoice in invoices.iter().take(how.limit.unwrap_or(usize::MAX)) {
            std::thread::sleep(how.every);
            self.replay_one(invoice, &mut report, acks.as_mut())?;
        }
        report.seconds = self.clock.mono_ms().saturating_sub(started_ms) / 1_000;
        Ok(report)
    }

    fn replay_one(
        &self,
        invoice: &Invoice,
        report: &mut ReplayReport,
        acks: Option<&mut File>,
    ) -> Result<(), AppError> {
        report.invoices += 1;
        let rung = match &invoice.kind {
            Kind::Refused(reason) => Err(reason.clone()),
            kind @ (Kind::Sale(_) | Kind::Refund(_) | Kind::Adjustment(_)) => {
                self.ring_invoice(&invoice.number, kind, report)?
            }
        };
        let rung = match rung {
            Ok(rung) => rung,
            Err(reason) => {
                report.refused.push(RefusedInvoice {
                    invoice: invoice.number.clone(),
                    reason,
                });
                return Ok(());
            }
        };
        match &invoice.kind {
            Kind::Sale(_) => report.sales += 1,
            Kind::Refund(_) => report.refunds += 1,
            Kind::Adjustment(_) | Kind::Refused(_) => report.adjustments += 1,
        }
        report.lines += rung.lines;
        report.net_minor += rung.net_minor;
        report.rung_before += u64::from(rung.before);
        if let Some(acks) = acks {
            writeln!(acks, "{} {}", invoice.number, rung.id)
                .and_then(|()| acks.flush())
                .map_err(|error| AppError::internal(&error))?;
        }
        Ok(())
    }

    /// A cart without another system's number was begun by a cashier: it is not given up here.
    fn refuse_cart_of_a_person(&self) -> Result<(), AppError> {
        let of_replay = |cart: &domain::Cart| cart.reference.is_some();
        if self.counter().cart.as_ref().is_none_or(of_replay) {
            return Ok(());
        }
        self.refuse_open_cart()
    }

    /// A replay's own sales need no look by a person; a cashier's do.
    fn settle_untold(&self) -> Result<(), AppError> {
        for row in self.untold_sales()? {
            let reference = match self.stored_sale(row.sale_id)?.fact {
                SaleFact::Sale(sale) => sale.reference,
                SaleFact::Refund(refund) => refund.reference,
            };
            if reference.is_some() {
                self.told(row.sale_id)?;
            }
        }
        Ok(())
    }
}

fn open(file: &Path) -> Result<Box<dyn Read>, AppError> {
    let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
    let packed = file.extension().is_some_and(|extension| extension == "gz");
    let plain = BufReader::new(opened);
    Ok(if packed {
        Box::new(flate2::read::GzDecoder::new(plain))
    } else {
        Box::new(plain)
    })
}

fn append(path: &Path) -> Result<File, AppError> {
    let file = File::options().create(true).append(true).open(path);
    file.map_err(|error| unreadable(path, &error))
}

fn unreadable(file: &Path, error: &dyn std::fmt::Display) -> AppError {
    AppError::new(
        Code::FileUnreadable,
        format!("{}: {error}; nothing was rung", file.display()),
    )
}
