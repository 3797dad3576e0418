//! The thread that brings receipts to paper.
//!
//! Owns the order of the print queue and its patience: oldest first; a printer that is off or out
//! of paper is tried again by itself; one that took bytes and then said nothing leaves the job
//! "unconfirmed" for a person, because a second print of it would have to say COPY. Promises that
//! nothing here ever holds up or undoes a sale.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Weak;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use printing::{
    JobOptions, PrintOutcome, PrinterAddress, PrinterDriver, PrinterTrouble, to_escpos,
};
use vault::print_jobs::{self as rows, JobKind, JobState, PrintJob};
use vault::sales;

use crate::config::TillConfig;
use crate::dto::{PrintJobView, PrintState, PrinterConnection, PrinterSettings};
use crate::error::{AppError, Code};
use crate::events::TillEvent;
use crate::printers::{ended, view};
use crate::till::Till;

/// How long a printer in trouble is left alone.
const AGAIN: Duration = Duration::from_secs(5);

/// The running thread.
pub(crate) struct PrintWorker {
    orders: SyncSender<Order>,
    thread: JoinHandle<()>,
}

enum Order {
    Look,
    Drawer,
    Stop,
}

impl PrintWorker {
    /// Starts it; it looks at the queue at once.
    pub fn start(till: Weak<Till>) -> Result<Self, AppError> {
        let (orders, todo) = sync_channel(64);
        let thread = std::thread::Builder::new()
            .name("printing".to_owned())
            .spawn(move || run(&till, &todo))
            .map_err(|error| AppError::internal(&error))?;
        let worker = Self { orders, thread };
        worker.wake();
        Ok(worker)
    }

    /// Looks at the queue; a full inbox means that it will look anyway.
    pub fn wake(&self) {
        let _ = self.orders.try_send(Order::Look);
    }

    /// Opens the drawer as soon as the thread is free.
    pub fn pulse_drawer(&self) {
        let _ = self.orders.try_send(Order::Drawer);
    }

    /// Ends it after the job under way; the rest stays on disk.
    pub fn stop(self) {
        let _ = self.orders.send(Order::Stop);
        let _ = self.thread.join();
    }
}

fn run(till: &Weak<Till>, todo: &Receiver<Order>) {
    let mut wait = Duration::MAX;
    loop {
        let order = if wait == Duration::MAX {
            todo.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            todo.recv_timeout(wait)
        };
        let Some(till) = till.upgrade() else { return };
        wait = match order {
            Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(Order::Drawer) => {
                drawer(&till);
                wait
            }
            Ok(Order::Look) | Err(RecvTimeoutError::Timeout) => {
                match till.print_waiting_jobs(todo) {
                    Some(wait) => wait,
                    None => return,
                }
            }
        };
    }
}

fn drawer(till: &Till) {
    let opened = till.printer().and_then(|settings| pulse_drawer(&settings));
    if let Err(error) = opened {
        tracing::warn!("the drawer did not open: {error}");
    }
}

impl Till {
    /// Prints until nothing waits or the printer is in trouble; answers how long to rest, `None`
    /// when told to stop meanwhile.
    fn print_waiting_jobs(&self, todo: &Receiver<Order>) -> Option<Duration> {
        loop {
            let Some(config) = self.config_if_set_up().filter(|config| config.prints()) else {
                return Some(Duration::MAX);
            };
            let next = self.vault.read(rows::next_waiting);
            let printed = match next {
                Ok(None) => return Some(Duration::MAX),
                Ok(Some(job)) => self.print_one(&config, &job),
                Err(error) => Err(error.into()),
            };
            match printed {
                Ok(true) => {}
                Ok(false) => return Some(AGAIN),
                Err(error) => {
                    tracing::error!("the print queue cannot be read or kept: {error}");
                    return Some(AGAIN);
                }
            }
            match todo.try_recv() {
                // A drawer that should open does not wait for the rest of the queue.
                Ok(Order::Drawer) => drawer(self),
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return None,
                Ok(Order::Look) | Err(TryRecvError::Empty) => {}
            }
        }
    }

    /// Prints one job and keeps what became of it; `false`: the printer is in trouble.
    fn print_one(&self, config: &TillConfig, job: &PrintJob) -> Result<bool, AppError> {
        let job_id = job.job_id;
        self.vault
            .transact(move |tx| rows::set_state(tx, job_id, JobState::Printing, None))?;
        self.tell_job(view(&PrintJob {
            state: JobState::Printing,
            ..job.clone()
        }));
        let bytes = match self.drawn(config, job) {
            Ok(bytes) => bytes,
            // A receipt that cannot be drawn waits for a person and holds up no other.
            Err(error) => return self.keep_state(job, JobState::Unconfirmed, error.to_string()),
        };
        let printed = printer(&config.printer).map(|mut printer| printer.print(&bytes));
        match printed {
            Ok(Ok(PrintOutcome::Printed)) => self.keep_printed(job),
            Ok(Ok(PrintOutcome::Unconfirmed)) if !config.profile().answers_status => {
                self.keep_printed(job)
            }
            Ok(Ok(PrintOutcome::Unconfirmed)) => {
                self.keep_state(job, JobState::Unconfirmed, NO_WORD.to_owned())
            }
            Ok(Err(trouble)) => self.keep_state(job, after(&trouble), trouble.words()),
            Err(error) => self.keep_state(job, JobState::Waiting, error.to_string()),
        }
    }

    /// Keeps a job that is not on paper; `true` if the next one may be tried.
    fn keep_state(&self, job: &PrintJob, state: JobState, words: String) -> Result<bool, AppError> {
        let (job_id, stored) = (job.job_id, words.clone());
        self.vault
            .transact(move |tx| rows::set_state(tx, job_id, state, Some(&stored)))?;
        let trouble = Some(words);
        self.tell_job(view(&PrintJob {
            state,
            trouble,
            ..job.clone()
        }));
        Ok(state == JobState::Unconfirmed)
    }

    /// The job's bytes; a fault in the drawing is an answer, not the end of the thread.
    fn drawn(&self, config: &TillConfig, job: &PrintJob) -> Result<Vec<u8>, AppError> {
        let drawing = AssertUnwindSafe(|| self.bytes_of(config, job));
        catch_unwind(drawing).unwrap_or_else(|_| {
            Err(AppError::internal(
                &"this receipt cannot be drawn; the sale is recorded",
            ))
        })
    }

    fn keep_printed(&self, job: &PrintJob) -> Result<bool, AppError> {
        let (job_id, sale_id) = (job.job_id, job.sale_id);
        self.vault.transact(move |tx| {
            rows::printed(tx, job_id)?;
            // Paper in the customer's hand is as good as the cashier's eye.
            sale_id.map_or(Ok(()), |sale_id| sales::told(tx, sale_id))
        })?;
        self.tell_job(ended(job, PrintState::Printed));
        Ok(true)
    }

    fn tell_job(&self, job: PrintJobView) {
        self.listeners.tell(&TillEvent::Print(Box::new(job)));
        self.tell_status();
    }

    fn bytes_of(&self, config: &TillConfig, job: &PrintJob) -> Result<Vec<u8>, AppError> {
        let (layout, profile) = match (job.kind, job.sale_id) {
            (JobKind::Receipt | JobKind::Copy, Some(sale_id)) => {
                self.receipt_layout(sale_id, job.kind == JobKind::Copy)?
            }
            (JobKind::Test, _) | (_, None) => self.test_page(config),
        };
        Ok(to_escpos(
            &layout,
            &profile,
            JobOptions {
                cut: true,
                drawer: false,
            },
        ))
    }
}

const NO_WORD: &str = "the printer took the receipt and does not say whether it printed it: look, then print again or dismiss";

fn after(trouble: &PrinterTrouble) -> JobState {
    if trouble.may_have_printed() {
        JobState::Unconfirmed
    } else {
        JobState::Waiting
    }
}

/// Opens the drawer now.
pub(crate) fn pulse_drawer(settings: &PrinterSettings) -> Result<(), AppError> {
    let Some(pulse) = profile_of(settings).drawer else {
        return Err(AppError::new(
            Code::PrinterUnreachable,
            "this printer has no drawer port: choose another profile",
        ));
    };
    let opened = printer(settings)?.open_drawer(pulse);
    opened.map_err(|trouble| AppError::new(Code::PrinterUnreachable, trouble.words()))
}

/// Whether the settings name a way to a printer; nothing is sent.
pub(crate) fn check(settings: &PrinterSettings) -> Result<(), AppError> {
    if printing::PrinterProfile::by_id(&settings.profile).is_none() {
        let words = format!(
            "there is no printer profile {:?}: choose one of the list",
            settings.profile
        );
        return Err(
            AppError::new(Code::PrinterUnreachable, words).field("profile", &settings.profile)
        );
    }
    if settings.connection == PrinterConnection::None {
        return Ok(());
    }
    if let PrinterConnection::Network { address } = &settings.connection
        && (address.is_empty() || address.contains(char::is_whitespace))
    {
        let words =
            format!("{address:?} is no address: give host and port, such as 192.168.1.50:9100");
        return Err(AppError::new(Code::PrinterUnreachable, words).field("address", address));
    }
    printer(settings).map(|_| ())
}

fn profile_of(settings: &PrinterSettings) -> printing::PrinterProfile {
    printing::PrinterProfile::by_id(&settings.profile)
        .unwrap_or_else(printing::PrinterProfile::generic_80)
}

fn printer(settings: &PrinterSettings) -> Result<Box<dyn PrinterDriver>, AppError> {
    let address = match &settings.connection {
        PrinterConnection::None => {
            return Err(AppError::new(
                Code::PrinterUnreachable,
                "no printer is set up",
            ));
        }
        PrinterConnection::Network { address } => {
            format!("tcp://{address}")
                .parse()
                .map_err(|error: printing::AddressRefused| {
                    AppError::new(Code::PrinterUnreachable, error.to_string())
                        .field("address", address)
                })?
        }
        PrinterConnection::Serial { path, baud } => PrinterAddress::Serial {
            path: path.clone(),
            baud: *baud,
        },
        PrinterConnection::Usb { vendor, product } => PrinterAddress::Usb {
            vendor_id: *vendor,
            product_id: *product,
        },
        PrinterConnection::File { path } => PrinterAddress::File { path: path.into() },
    };
    Ok(printing::open(&address, &profile_of(settings)))
}
