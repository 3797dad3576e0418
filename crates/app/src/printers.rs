//! Printers and what waits for them.

use printing::PrinterProfile;
use uuid::Uuid;
use vault::print_jobs::{self as rows, JobKind, JobState, PrintJob};
use vault::settings;

use domain::Right;

use crate::config::CONFIG;
use crate::dto::{PrintJobView, PrintState, PrinterProfileDto, PrinterSettings, PrinterState};
use crate::error::{AppError, Code};
use crate::print_worker;
use crate::status::printer_state;
use crate::till::Till;

/// Jobs shown at once; more than this and the printer is the smaller problem.
const MAX_SHOWN: u32 = 200;

impl Till {
    /// Prints a sale's receipt again, marked COPY.
    pub fn print_again(&self, sale_id: Uuid) -> Result<PrintJobView, AppError> {
        self.session_with(Right::Reprint)?;
        self.refuse_without_printer()?;
        let job = self.vault.transact(move |tx| {
            match rows::of_sale(tx, sale_id)? {
                // What is in the queue already is let go: no second paper for one wish.
                Some(open) if open.state == JobState::Unconfirmed => {
                    rows::try_again(tx, open.job_id)?;
                    Ok(rows::by_id(tx, open.job_id)?.unwrap_or(open))
                }
                _ => rows::add(tx, JobKind::Copy, Some(sale_id)),
            }
        })?;
        self.wake_printing();
        self.tell_status();
        Ok(view(&job))
    }

    /// What waits for the printer, oldest first.
    pub fn print_queue(&self) -> Result<Vec<PrintJobView>, AppError> {
        let open = self.vault.read(|reader| rows::open(reader, MAX_SHOWN))?;
        Ok(open.iter().map(view).collect())
    }

    /// Tries a job again at once.
    pub fn print_retry(&self, job_id: Uuid) -> Result<Vec<PrintJobView>, AppError> {
        self.session_with(Right::Sell)?;
        self.vault.transact(move |tx| rows::try_again(tx, job_id))?;
        self.wake_printing();
        self.print_queue()
    }

    /// Takes a job out of the queue; the sale's time line says so.
    pub fn print_drop(&self, job_id: Uuid) -> Result<Vec<PrintJobView>, AppError> {
        self.session_with(Right::Sell)?;
        self.vault.transact(move |tx| rows::drop_job(tx, job_id))?;
        self.tell_status();
        self.print_queue()
    }

    /// How this till prints.
    pub fn printer(&self) -> Result<PrinterSettings, AppError> {
        Ok(self.config()?.printer.clone())
    }

    /// Changes how this till prints; what waits goes to the new printer.
    pub fn set_printer(&self, settings: PrinterSettings) -> Result<PrinterState, AppError> {
        self.session_with(Right::SetUpTill)?;
        print_worker::check(&settings)?;
        let mut config = (*self.config()?).clone();
        config.printer = settings;
        let stored = config.clone();
        self.vault
            .transact(move |tx| settings::put(tx, CONFIG, &stored))?;
        self.remember_config(config);
        self.wake_printing();
        self.tell_status();
        self.printer_state()
    }

    /// Prints a page that shows whether the printer is set up right.
    pub fn test_print(&self) -> Result<PrintJobView, AppError> {
        self.session_with(Right::Reprint)?;
        self.refuse_without_printer()?;
        let job = self
            .vault
            .transact(|tx| rows::add(tx, JobKind::Test, None))?;
        self.wake_printing();
        Ok(view(&job))
    }

    /// The kinds of printers this till knows.
    pub fn printer_profiles(&self) -> Result<Vec<PrinterProfileDto>, AppError> {
        let profile = |profile: PrinterProfile| PrinterProfileDto {
            paper_mm: u32::from(profile.paper_mm),
            columns: u32::from(profile.font_a.columns),
            id: profile.id,
            name: profile.name,
        };
        Ok(PrinterProfile::bundled().into_iter().map(profile).collect())
    }

    /// A job that nothing can print would come out weeks later.
    fn refuse_without_printer(&self) -> Result<(), AppError> {
        if self.config()?.prints() {
            return Ok(());
        }
        Err(AppError::new(
            Code::PrinterUnreachable,
            "no printer is set up: choose one in Settings",
        ))
    }

    /// Opens the drawer without a sale.
    pub fn open_drawer(&self) -> Result<(), AppError> {
        self.session_with(Right::Sell)?;
        print_worker::pulse_drawer(&self.config()?.printer)
    }

    /// Opens the drawer in the background: a drawer that sticks never holds up a sale.
    pub(crate) fn pulse_drawer_quietly(&self) {
        if let Some(printing) = &self.workers().printing {
            printing.pulse_drawer();
        }
    }

    pub(crate) fn wake_printing(&self) {
        if let Some(printing) = &self.workers().printing {
            printing.wake();
        }
    }

    pub(crate) fn print_waiting(&self) -> Result<u32, AppError> {
        let open = self.vault.read(rows::count_open)?;
        Ok(u32::try_from(open).unwrap_or(u32::MAX))
    }

    pub(crate) fn printer_state(&self) -> Result<PrinterState, AppError> {
        let Some(config) = self.config_if_set_up() else {
            return Ok(printer_state("", false, false, 0, None));
        };
        let first = self
            .vault
            .read(|reader| rows::open(reader, 1))?
            .into_iter()
            .next();
        let printing = first
            .as_ref()
            .is_some_and(|job| job.state == JobState::Printing);
        let trouble = first.and_then(|job| job.trouble);
        let name = config.profile().name;
        Ok(printer_state(
            &name,
            config.prints(),
            printing,
            self.print_waiting()?,
            trouble,
        ))
    }

    pub(crate) fn print_job_of(&self, sale_id: Uuid) -> Result<Option<PrintJobView>, AppError> {
        let open = self.vault.read(|reader| rows::open(reader, MAX_SHOWN))?;
        Ok(open
            .iter()
            .rev()
            .find(|job| job.sale_id == Some(sale_id))
            .map(view))
    }
}

/// A job as the window shows it.
pub(crate) fn view(job: &PrintJob) -> PrintJobView {
    let state = match job.state {
        JobState::Waiting => PrintState::Waiting,
        JobState::Printing => PrintState::Printing,
        JobState::Unconfirmed => PrintState::Unconfirmed,
    };
    ended(job, state)
}

/// A job in a state that only the window needs to know: it has left the queue.
pub(crate) fn ended(job: &PrintJob, state: PrintState) -> PrintJobView {
    PrintJobView {
        job_id: job.job_id,
        sale_id: job.sale_id.unwrap_or_default(),
        number: job.number.clone(),
        copy: job.kind == JobKind::Copy,
        state,
        attempts: job.attempts,
        trouble: job.trouble.clone(),
        made_at_ms: job.made_at_ms,
    }
}
