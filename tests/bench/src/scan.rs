//! Scan to cart line in the core: the facade's `scan`, its durable cart row included.
//!
//! Promises carts of twenty lines, as people have them, and raw flushes between them. The look-up is
//! measured alone on the catalogue; the durable write alone as a change of a line, which looks nothing up.

use anyhow::{Result, bail, ensure};
use app::dto::{ScanAnswer, ScannedBy};
use app::{Till, TillOptions};
use vault::shop::Shop;

use crate::catalogue;
use crate::options::{Options, remove};
use crate::raw::RawFlush;
use crate::report::Report;
use crate::samples::Samples;

/// Lines of a cart before the next one.
const LINES: usize = 20;

/// Measures scans, look-ups and line changes.
pub(crate) fn measure(options: &Options, report: &mut Report) -> Result<()> {
    report.bench("scan");
    let folder = options.fresh("scan")?;
    let data = folder.join("till");
    let codes = catalogue::till_with(options, &data)?;
    let mut raw = RawFlush::new(&folder)?;
    let (mut scans, mut changes, mut asked) = (Samples::default(), Samples::default(), 0);
    let till = Till::open(TillOptions::for_command(data.clone()))?;
    till.sign_in_command_line()?;
    let mut next = catalogue::scattered(&codes);
    while scans.count() < options.scans {
        raw.block(LINES)?;
        for line in 0..LINES {
            let Some(code) = next.next() else {
                bail!("the catalogue has too few codes")
            };
            let code = code.clone();
            let mut this = Samples::default();
            match this.time(|| till.scan(code, ScannedBy::Scanner))? {
                // The first line of a cart also mints the sale's ids and stores them: it is measured, too.
                ScanAnswer::Added { .. } => scans.join(&this),
                ScanAnswer::Choose { .. } => asked += 1,
                other @ (ScanAnswer::Unknown { .. }
                | ScanAnswer::NeedsPrice { .. }
                | ScanAnswer::Refused { .. }) => {
                    bail!("line {line}: the scan was answered {other:?}")
                }
            }
        }
        let lines = till.cart()?.lines;
        for line in &lines {
            changes.time(|| till.set_quantity(line.line_no, 2_000))?;
        }
        till.void_cart()?;
    }
    till.close();
    drop(till);
    ensure!(
        scans.count() > asked * 10,
        "too many codes mean several products: {asked}"
    );
    let mut look_ups = Samples::default();
    let (shop, _) = Shop::open(&data, None)?;
    for code in next.take(options.scans) {
        look_ups.time(|| shop.scan(code))?;
    }
    drop(shop);
    let beside = Some(("raw 4 KiB append + flush", &raw.times));
    report.times(
        "scan to durable cart line, 100,000 products",
        &scans,
        beside,
    );
    report.times(
        "  of which the look-up (each code for the first time)",
        &look_ups,
        beside,
    );
    report.times(
        "  a durable change of a line, nothing looked up",
        &changes,
        beside,
    );
    remove(&folder)
}
