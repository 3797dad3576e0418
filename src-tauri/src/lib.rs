//! The desktop shell: a wire between the window and the facade, not a place.
//!
//! Owns the window and the forwarding of events. No rule, no SQL, no HTTP; whatever a person can
//! ask a till is asked of `app`.

mod commands;
mod goods;
mod sync;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use app::{AppError, Till, TillOptions};
use tauri::{Builder, Emitter as _, Manager as _, RunEvent, Runtime};

/// What every command sees: the till, or why it could not be opened.
pub struct Shell {
    started: Instant,
    till: Result<Arc<Till>, AppError>,
}

impl Shell {
    /// Opens the till in its data folder; a failure is kept, for the window to show.
    pub fn open(dir: PathBuf) -> Self {
        let started = Instant::now();
        let till = Till::open(TillOptions::for_window(dir)).inspect_err(|error| {
            tracing::error!(code = ?error.code, "the till cannot be opened: {error}");
        });
        Self { started, till }
    }

    fn till(&self) -> Result<&Arc<Till>, AppError> {
        self.till.as_ref().map_err(Clone::clone)
    }

    /// Asks the till. A fault inside becomes an error: the transaction was rolled back, the till
    /// keeps selling.
    fn ask<T>(&self, ask: impl FnOnce(&Till) -> Result<T, AppError>) -> Result<T, AppError> {
        let till = self.till()?;
        // A command may wait for a disk, a printer or a cloud: the window's few worker threads are
        // handed on meanwhile, so that a scan never waits for somebody else's drawer.
        let asked = tokio::task::block_in_place(|| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask(till)))
        });
        asked.unwrap_or_else(|_| {
            Err(AppError::internal(
                &"a fault of this program: look at the list of sales before trying again",
            ))
        })
    }

    fn since_start_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Everything but the context: the real window and the tests' mock runtime share it.
pub fn set_up<R: Runtime>(builder: Builder<R>, shell: Shell) -> Builder<R> {
    builder
        .manage(shell)
        .setup(|app| {
            forward_events(app.handle());
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::status,
            commands::set_up,
            commands::currencies,
            commands::operators,
            commands::sign_in,
            commands::sign_out,
            commands::demo_hint,
            commands::cart,
            commands::scan,
            commands::add_product,
            commands::set_quantity,
            commands::set_price,
            commands::void_line,
            commands::restore_line,
            commands::void_cart,
            commands::quick_article,
            commands::tax_classes,
            commands::search,
            commands::categories,
            commands::products_in,
            commands::parse_amount,
            commands::parse_quantity,
            commands::tender,
            commands::add_tender,
            commands::remove_tender,
            commands::complete,
            commands::told,
            commands::print_again,
            commands::print_queue,
            commands::print_retry,
            commands::print_drop,
            commands::printer,
            commands::set_printer,
            commands::test_print,
            commands::printer_profiles,
            commands::open_drawer,
            commands::receipt,
            commands::untold_sales,
            commands::sales,
            commands::sale,
            commands::refund_quote,
            commands::refund,
            goods::product,
            goods::edit_product,
            goods::new_product,
            goods::stock_levels,
            goods::stock_of,
            goods::receive_stock,
            goods::adjust_stock,
            goods::count_stock,
            sync::sync_now,
            sync::enrol,
            sync::sync_overview,
            sync::needs_you,
            sync::settle,
            sync::queue,
            sync::pause_sync,
            sync::retry_op,
            sync::find_sale,
            sync::proof,
            sync::check_proof,
            sync::sync_log,
            sync::support_bundle,
            sync::rebuild_outbox,
            sync::reread_catalogue,
            sync::salvage_file,
            sync::export_vault,
            sync::test_path,
            sync::leave_cloud,
            commands::painted
        ])
}

/// The till speaks to the window through three events.
fn forward_events<R: Runtime>(handle: &tauri::AppHandle<R>) {
    let Ok(till) = handle.state::<Shell>().till().cloned() else {
        return;
    };
    let window = handle.clone();
    till.listen(move |event| {
        // A window that is gone hears nothing; the till goes on.
        let _ = match event {
            app::TillEvent::Status(status) => window.emit("status", status),
            app::TillEvent::Print(job) => window.emit("print", job),
            app::TillEvent::SyncProgress(progress) => window.emit("sync_progress", progress),
        };
    });
}

/// Opens the window and runs until it is closed; everything it showed is on disk already.
pub fn run() {
    let dir = app::data_dir();
    set_up(Builder::default(), Shell::open(dir))
        .build(tauri::generate_context!())
        .expect("the window can be built from its own configuration")
        .run(|handle, event| {
            if matches!(event, RunEvent::Exit)
                && let Ok(till) = handle.state::<Shell>().till()
            {
                till.close();
            }
        });
}
