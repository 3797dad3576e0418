//! Each command: open the till, ask the facade, print the answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::{AppError, Code, InitWhat, ReplayHow, Till, TillOptions};

use crate::forms::{Catalogue, Command, Forms, Init, Queue, ReceiptFormat};
use crate::print;

pub(crate) type Answer = Result<(), AppError>;

/// Does what the command line says.
pub(crate) fn run(forms: &Forms) -> Answer {
    let json = forms.json;
    match &forms.command {
        Command::Init(init) => set_up(forms, init),
        Command::Enrol { cloud, code } => {
            let status = open(forms)?.enrol(cloud.clone(), code.clone())?;
            print::answer(json, &status, |status| {
                format!("This till belongs to {} now.", status.branch_name)
            })
        }
        Command::Catalogue {
            command: Catalogue::Import { file, dry_run },
        } => {
            let report = open(forms)?.import_catalogue(file, *dry_run)?;
            print::answer(json, &report, |report| report.words(*dry_run))
        }
        Command::Sell { code, cash } => {
            let done = open(forms)?.ring_up(code, cash)?;
            print::answer(json, &done, |done| match &done.preview {
                Some(preview) => preview.text.clone(),
                None => format!("{} is recorded; its receipt cannot be shown.", done.number),
            })
        }
        Command::Scan { code } => {
            let found = open(forms)?.look_up(code)?;
            print::answer(json, &found, app::LookUp::words)
        }
        Command::Search { words, limit } => {
            let till = open(forms)?;
            let hits = till.search(words.join(" "), *limit)?;
            print::answer(json, &hits, |hits| till.product_lines(hits))
        }
        Command::Replay {
            file,
            limit,
            acks,
            sending,
            every,
        } => {
            let how = ReplayHow {
                limit: *limit,
                acks: acks.clone(),
                every: Duration::from_millis(*every),
            };
            let till = open_with(forms, *sending)?;
            let report = till.replay(file, &how);
            // A thread that still reads the vault while the program ends meets a cipher that is gone.
            till.close();
            let report = report?;
            print::answer(json, &report, app::ReplayReport::words)
        }
        Command::Sync {
            until_drained,
            timeout,
        } => synchronize(forms, *until_drained, *timeout),
        Command::Verify { against_cloud } => verify(forms, *against_cloud),
        Command::Queue {
            command: Queue::List { limit },
        } => {
            let queue = open(forms)?.queue_list(*limit)?;
            print::answer(json, &queue, app::QueueList::words)
        }
        Command::Receipt { sale, format, out } => receipt(forms, sale, *format, out.as_ref()),
        Command::Doctor => doctor(forms),
        Command::Conflicts { .. }
        | Command::Settle(_)
        | Command::Proof
        | Command::SupportBundle { .. }
        | Command::Export { .. }
        | Command::SalvageFile { .. }
        | Command::TestPath
        | Command::Leave { .. } => crate::cloud_commands::run(forms),
        Command::Receive { .. }
        | Command::Count { .. }
        | Command::Adjust { .. }
        | Command::EditProduct(_)
        | Command::Stock { .. } => crate::goods_commands::run(forms),
    }
}

pub(crate) fn open(forms: &Forms) -> Result<Arc<Till>, AppError> {
    open_with(forms, false)
}

/// With what the window runs behind the counter, or with nothing but what the command asks for.
fn open_with(forms: &Forms, workers: bool) -> Result<Arc<Till>, AppError> {
    refuse_no_till(&dir(forms))?;
    let dir = dir(forms);
    let till = Till::open(TillOptions { dir, workers })?;
    till.sign_in_command_line()?;
    Ok(till)
}

/// A mistyped folder is told, not filled with a new till.
fn refuse_no_till(dir: &Path) -> Answer {
    if app::is_till(dir) {
        return Ok(());
    }
    Err(AppError::new(
        Code::NotSetUp,
        format!(
            "there is no till in {}: give its folder with --data, or make one with holdfastctl init",
            dir.display()
        ),
    )
    .field("data", dir.display()))
}

fn dir(forms: &Forms) -> PathBuf {
    forms.data.clone().unwrap_or_else(app::data_dir)
}

fn set_up(forms: &Forms, init: &Init) -> Answer {
    let what = match (&init.what.demo, &init.currency) {
        (true, _) => InitWhat::Demo,
        (false, Some(currency)) => InitWhat::Empty {
            currency: currency.clone(),
            branch_name: init.branch_name.clone(),
            till_name: init.till_name.clone(),
            pin: init.pin.clone(),
        },
        (false, None) => {
            return Err(AppError::new(
                Code::CurrencyUnknown,
                "init --empty needs --currency",
            ));
        }
    };
    let till = Till::open(TillOptions::for_command(dir(forms)))?;
    let report = till.init(what)?;
    print::answer(forms.json, &report, app::InitReport::words)
}

fn synchronize(forms: &Forms, until_drained: bool, timeout: u64) -> Answer {
    let report = open(forms)?.synchronize(until_drained, timeout)?;
    print::answer(forms.json, &report, app::SyncReport::words)?;
    if !report.drained {
        return Err(AppError::new(
            Code::CloudUnreachable,
            match report.ops_waiting {
                0 => "a person is needed: see the answer".to_owned(),
                waiting => format!("{waiting} ops still wait, safe on this till; run it again"),
            },
        ));
    }
    Ok(())
}

fn verify(forms: &Forms, against_cloud: bool) -> Answer {
    let verified = open(forms)?.verify(against_cloud)?;
    print::answer(forms.json, &verified, app::Verified::words)?;
    if verified.holds() {
        return Ok(());
    }
    Err(AppError::new(
        Code::VaultDamaged,
        "the proof does not hold: see the answer",
    ))
}

fn receipt(forms: &Forms, sale: &str, format: ReceiptFormat, out: Option<&PathBuf>) -> Answer {
    let till = open(forms)?;
    let sale_id = till.sale_named(sale)?;
    let content = match format {
        ReceiptFormat::Text => till.receipt(sale_id)?.text.into_bytes(),
        ReceiptFormat::Png => till.receipt_png(sale_id)?,
        ReceiptFormat::Escpos => till.receipt_escpos(sale_id)?,
    };
    match out {
        None => print::bytes(&content),
        Some(path) => std::fs::write(path, content).map_err(|error| {
            AppError::new(Code::FileUnreadable, format!("{}: {error}", path.display()))
        }),
    }
}

fn doctor(forms: &Forms) -> Answer {
    refuse_no_till(&dir(forms))?;
    let report = app::doctor(&dir(forms));
    print::answer(forms.json, &report, app::DoctorReport::words)?;
    if report.healthy() {
        return Ok(());
    }
    Err(AppError::new(
        Code::Internal,
        "something needs a person: see the answer",
    ))
}
