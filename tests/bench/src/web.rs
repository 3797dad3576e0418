//! Scans in the real window, as a scanner types them, and what the page says of its own painting.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::samples::Samples;
use crate::window::Window;
use crate::{catalogue, memory};

/// A cart of this many lines is a usual one.
const USUAL: usize = 20;

/// What was seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// The PIN's Enter to the painted Sell screen.
    pub(crate) sign_in: Samples,
    /// Two frames in which nothing happens.
    pub(crate) frames: Samples,
    /// Enter to painted line for the first lines of the cart.
    pub(crate) first_lines: Samples,
    /// The same for every line.
    pub(crate) lines: Samples,
    /// What the window's processes hold afterwards, by name, KiB.
    pub(crate) pss_kib: BTreeMap<String, u64>,
}

const ENTER_PIN: &str = "
    const done = arguments[0], begun = performance.now();
    const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
    const look = () => document.querySelector(\"[data-testid='sell']\") ? painted() : requestAnimationFrame(look);
    document.querySelector(\"[data-testid='pin-enter']\").click();
    look();";

const TWO_FRAMES: &str = "
    const done = arguments[0], begun = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));";

/// Waits until so many lines were painted; how long the last one took. A question from the till (two
/// products, no price) ends the wait with -1.
const PAINTED: &str = "
    const [wanted, done] = arguments, begun = performance.now();
    const look = () => {
      if ((window.__holdfast_scans_painted ?? 0) >= wanted) done(window.__holdfast_last_scan_ms);
      else if (performance.now() - begun > 10000) done(-1);
      else requestAnimationFrame(look);
    };
    look();";

/// Signs in and scans.
pub(crate) async fn scans(data: &Path, count: usize, codes: &[String]) -> Result<Seen> {
    let mut seen = Seen::default();
    let window = Window::open(data).await?;
    window.press("signin-operator-Linus").await?;
    for digit in "3690".chars() {
        window.press(&format!("key-{digit}")).await?;
    }
    window.find("pin-enter").await?;
    seen.sign_in
        .add(ms(&window.client.execute_async(ENTER_PIN, vec![]).await?)?);
    for _ in 0..count {
        seen.frames.add(ms(&window
            .client
            .execute_async(TWO_FRAMES, vec![])
            .await?)?);
    }
    // What the core's bench did not scan: the order is the same, from its other end.
    let mut next = catalogue::scattered(codes).skip(codes.len() / 2);
    let mut painted = 0_usize;
    while painted < count {
        let code = next.next().context("the catalogue has too few codes")?;
        window.scan(code).await?;
        let wanted = Value::from(painted + 1);
        let took = window.client.execute_async(PAINTED, vec![wanted]).await?;
        if took.as_f64() == Some(-1.0) {
            // Two products have this code and the till asks: another code then.
            window.keys("\u{e00c}").await?;
            continue;
        }
        painted += 1;
        seen.lines.add(ms(&took)?);
        if painted <= USUAL {
            seen.first_lines.add(ms(&took)?);
        }
    }
    seen.pss_kib = memory::of_children();
    window.picture("scanned").await?;
    window.close().await?;
    Ok(seen)
}

fn ms(value: &Value) -> Result<Duration> {
    let ms = value
        .as_f64()
        .with_context(|| format!("the page answered {value}"))?;
    Ok(Duration::from_secs_f64(ms.max(0.0) / 1e3))
}
