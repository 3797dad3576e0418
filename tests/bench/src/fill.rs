//! Filling a vault quickly: the real recording functions, many sales in one transaction.

use std::time::{Duration, Instant};

use anyhow::Result;
use vault::sales::record_sale;
use vault::{Vault, VaultError};

use crate::counter::Counter;

/// Sales in one transaction: enough that the flush no longer counts, few enough for the write-ahead log.
const AT_ONCE: u64 = 250;
/// How often progress is told, in sales.
const TOLD_EVERY: u64 = 100_000;

/// How many sales are in it.
pub(crate) fn sales_in(vault: &Vault) -> Result<u64> {
    Ok(vault.read(vault::tally::counts)?.sales)
}

/// Records sales until there are `wanted`; how many were added and how long that took.
pub(crate) fn up_to(vault: &Vault, wanted: u64, counter: &mut Counter) -> Result<(u64, Duration)> {
    let (before, begun) = (sales_in(vault)?, Instant::now());
    let mut there = before;
    while there < wanted {
        let count = AT_ONCE.min(wanted - there);
        let some: Vec<_> = (0..count)
            .map(|_| {
                let cart = counter.paid_cart()?;
                counter.completed(&cart, true)
            })
            .collect::<Result<_>>()?;
        vault.transact(move |tx| {
            for (sale, recording) in &some {
                record_sale(tx, sale, recording)?;
            }
            Ok::<(), VaultError>(())
        })?;
        if there / TOLD_EVERY != (there + count) / TOLD_EVERY {
            let seconds = begun.elapsed().as_secs_f64();
            let rate = (there + count - before) as f64 / seconds;
            eprintln!("   {} of {wanted} sales, {rate:.0} a second", there + count);
        }
        there += count;
    }
    Ok((there - before, begun.elapsed()))
}
