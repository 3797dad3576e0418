//! The real window: cold start, memory, and from a scanner's Enter to the painted line.
//!
//! Promises the built program in its real web view on a screen of its own. Cold means a new process; the
//! page cache is as it is. The yardsticks are of the same run: the same window with the demo branch's 200
//! products, a web view that shows nothing, two empty frames of the same page.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::display::{Display, Running};
use crate::options::{Options, remove};
use crate::programs::{built, ctl, give_keys};
use crate::report::Report;
use crate::samples::Samples;
use crate::{catalogue, memory, web};

/// WebKitGTK's own example: a window around a web view, where it is installed.
const BARE: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
/// How long a web view gets to settle before its memory is read.
const SETTLE: Duration = Duration::from_secs(3);

/// Measures starts, memory and scans in the window.
pub(crate) fn measure(options: &Options, report: &mut Report) -> Result<()> {
    report.bench("start");
    let folder = options.fresh("start")?;
    let (large, small) = (folder.join("large"), folder.join("small"));
    let codes = catalogue::till_with(options, &large)?;
    give_keys(&small)?;
    ctl(&small, &["init", "--demo"])?;
    let (mut with_catalogue, mut without) = (Samples::default(), Samples::default());
    let mut pss = BTreeMap::new();
    for _ in 0..options.starts {
        without.add(start(&small)?.0);
        let (took, held) = start(&large)?;
        with_catalogue.add(took);
        pss = held;
    }
    let beside = Some(("the demo branch's 200 products", &without));
    report.times(
        "process start to painted sign-in, 100,000 products",
        &with_catalogue,
        beside,
    );
    let bare = bare()?;
    tell_memory(report, "PSS at sign-in", &pss, bare);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let seen = runtime.block_on(web::scans(&large, options.window_scans, &codes))?;
    report.times("PIN entered to painted Sell screen", &seen.sign_in, None);
    let frames = Some(("two empty frames", &seen.frames));
    report.times(
        "scanner's Enter to painted line, first 20 lines",
        &seen.first_lines,
        frames,
    );
    report.times(
        "scanner's Enter to painted line, the cart growing",
        &seen.lines,
        frames,
    );
    tell_memory(
        report,
        "PSS at the Sell screen, after the scans",
        &seen.pss_kib,
        bare,
    );
    remove(&folder)
}

/// Starts the window; how long until its first screen was painted, and what it then held.
fn start(data: &Path) -> Result<(Duration, BTreeMap<String, u64>)> {
    let display = Display::start("1366x768x24")?;
    let begun = Instant::now();
    let mut child = Command::new(built("holdfast")?)
        .env("DISPLAY", &display.name)
        .env("HOLDFAST_DATA", data)
        .env("XDG_DATA_HOME", data.join("web/data"))
        .env("XDG_CACHE_HOME", data.join("web/cache"))
        .env("XDG_CONFIG_HOME", data.join("web/config"))
        .env("RUST_LOG", "info")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("the window cannot be started")?;
    let errors = child
        .stderr
        .take()
        .context("the window has a standard error")?;
    let running = Running(child);
    let mut told = BufReader::new(errors).lines();
    let painted = told.find(|line| line.as_ref().is_ok_and(|line| line.contains("painted")));
    let took = begun.elapsed();
    painted.context("the window ended without painting anything")??;
    std::thread::sleep(SETTLE);
    let held = memory::of_children();
    drop(running);
    Ok((took, held))
}

/// What a web view holds that shows an empty page, KiB.
fn bare() -> Result<Option<u64>> {
    if !Path::new(BARE).exists() {
        return Ok(None);
    }
    let display = Display::start("1366x768x24")?;
    let child = Command::new(BARE)
        .arg("about:blank")
        .env("DISPLAY", &display.name)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let running = Running(child);
    std::thread::sleep(SETTLE);
    let held = memory::of_children().values().sum();
    drop(running);
    Ok(Some(held))
}

fn tell_memory(report: &mut Report, name: &str, pss: &BTreeMap<String, u64>, bare: Option<u64>) {
    let mib = |kib: u64| kib as f64 / 1_024.0;
    let beside = bare.map(|kib| ("an empty web view of the same run", mib(kib)));
    report.number(name, mib(pss.values().sum()), "MiB", beside);
    for (process, kib) in pss {
        report.number(&format!("  {process}"), mib(*kib), "MiB", None);
    }
}
