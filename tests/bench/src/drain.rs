//! Draining: a till with many waiting sales, the real cloud on loopback, the real sync worker between.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use vault::Vault;

use crate::counter::Counter;
use crate::display::Running;
use crate::fill;
use crate::meter::Meter;
use crate::options::{Options, remove};
use crate::programs::{built, ctl, give_keys};
use crate::raw::RawFlush;
use crate::report::Report;

/// Raw flushes before and after, for the yardstick.
const FLUSHES: usize = 500;

/// Measures sales a second, and a sale in times of a raw flush.
pub(crate) fn measure(options: &Options, report: &mut Report) -> Result<()> {
    report.bench("drain");
    let folder = options.fresh("drain")?;
    let data = folder.join("till");
    let key = give_keys(&data)?;
    ctl(&data, &["init", "--demo"])?;
    let database = format!("sqlite:{}", folder.join("cloud.db").display());
    let (_cloud, url) = cloud(&database)?;
    let code = enrol_code(&database)?;
    let meter = Meter::to(&url)?;
    ctl(&data, &["enrol", "--cloud", &meter.url(), "--code", &code])?;
    wait_for_sales(&data, key, options.waiting)?;
    let mut raw = RawFlush::new(&folder)?;
    raw.block(FLUSHES)?;
    let before = meter.sent();
    let begun = Instant::now();
    let answer = ctl(&data, &["sync", "--until-drained", "--timeout", "1800"])?;
    let took = begun.elapsed().as_secs_f64();
    raw.block(FLUSHES)?;
    ensure!(
        answer["drained"] == true,
        "not everything arrived: {answer}"
    );
    let sent = answer["ops_sent"]
        .as_f64()
        .context("the answer counts ops")?;
    report.number(
        "bytes a sale as sent, headers and hellos included",
        (meter.sent() - before) as f64 / sent,
        "bytes",
        None,
    );
    let flush = raw.times.at(500).as_secs_f64() * 1e6;
    let sale = took * 1e6 / sent;
    report.number(
        "sales drained, the program's start included",
        sent / took,
        "sales/s",
        None,
    );
    report.number(
        "  time of one sale",
        sale,
        "us",
        Some(("raw 4 KiB append + flush (p50)", flush)),
    );
    if let Some(ms) = answer["millis"].as_f64().filter(|ms| *ms > 0.0) {
        report.number(
            "  by the till's own clock",
            sent * 1e3 / ms,
            "sales/s",
            None,
        );
    }
    let proof = ctl(&data, &["verify", "--against-cloud"])?;
    ensure!(proof["equal"] == true, "till and cloud differ: {proof}");
    remove(&folder)
}

/// Puts the waiting sales into the till's own vault, with the recording functions that the till uses.
fn wait_for_sales(data: &Path, key: [u8; 32], waiting: u64) -> Result<()> {
    let mut counter = Counter::new()?;
    let opening = vault::OpenVault {
        identity: None,
        ..counter.opening(data, key)
    };
    let (vault, _) = Vault::open(opening)?;
    fill::up_to(&vault, waiting, &mut counter)?;
    Ok(())
}

pub(crate) fn cloud(database: &str) -> Result<(Running, String)> {
    let mut child = Command::new(built("holdfast-cloud")?)
        .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .spawn()
        .context("holdfast-cloud cannot be started")?;
    let out = child.stdout.take().context("it has a standard output")?;
    let running = Running(child);
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let url = line.trim().strip_prefix("listening on ");
    let url = url
        .with_context(|| format!("the cloud said {line:?}"))?
        .to_owned();
    Ok((running, url))
}

pub(crate) fn enrol_code(database: &str) -> Result<String> {
    let output = Command::new(built("holdfast-cloud")?)
        .args([
            "enrol-code",
            "--tenant",
            "Pier",
            "--branch",
            "Harbour",
            "--database",
            database,
        ])
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
