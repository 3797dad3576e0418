//! What a cart is worth: the arithmetic behind every amount on screen, receipt and ledger.
//!
//! A line is worth `unit price × quantity × (1 − discount)`, and that is a fraction of a minor unit as soon as something
//! is weighed or discounted. The fraction is kept exactly, in `i128`, until the one rounding that the branch's rule asks
//! for:
//!
//! * **per line**: the line's price is rounded to the minor unit, then its tax is taken from that rounded price; the
//!   totals are sums of lines.
//! * **per total**: the exact prices of each tax class are added, and sum and tax are rounded once each. The lines are
//!   then shown so that they add up to the total: each is cut to whole minor units, and the few that are missing go to
//!   the lines that were cut most (the largest remainders; the earlier line where two are equal).
//!
//! Promises, in every mode: for each line, each class and the whole `gross = net + tax`; the lines add up to the classes
//! and the classes to the whole; nothing is negative when the input is not. Never sees a cart, a tender or a currency's
//! text.

use crate::limits::MAX_DISCOUNT_BP;
use crate::rounding::{round_div, to_minor};
use crate::tax::{
    LineAmounts, PriceMode, PricedLine, SellingRules, TaxRounding, TaxSummary, Totals,
};
use std::collections::BTreeMap;

/// Basis points in a whole.
const WHOLE_BP: i128 = 10_000;

/// Parts of a minor unit in a line's exact price: thousandths of a quantity times basis points of a discount.
const PARTS: i128 = 1_000 * WHOLE_BP;

/// The amounts of each line, in the order given, and what they add up to.
#[must_use]
pub fn total(lines: &[PricedLine<'_>], rules: &SellingRules) -> (Vec<LineAmounts>, Totals) {
    let amounts = match rules.tax_rounding {
        TaxRounding::PerLine => lines.iter().map(|line| round_line(line, rules)).collect(),
        TaxRounding::PerTotal => round_classes(lines, rules),
    };
    let totals = sum_up(
        lines
            .iter()
            .map(|line| (line.tax_rate_bp, line.tax_class))
            .zip(amounts.iter().copied()),
    );
    (amounts, totals)
}

/// Adds lines up, by tax class and as a whole. Each line is its rate and class, and its amounts.
pub(crate) fn sum_up<'a>(lines: impl Iterator<Item = ((i64, &'a str), LineAmounts)>) -> Totals {
    let mut classes: BTreeMap<(i64, &str), LineAmounts> = BTreeMap::new();
    for (class, amounts) in lines {
        let sum = classes.entry(class).or_default();
        *sum = sum.plus(amounts);
    }
    let whole = classes
        .values()
        .fold(LineAmounts::default(), |sum, amounts| sum.plus(*amounts));
    let summary = |((rate_bp, tax_class), amounts): ((i64, &str), LineAmounts)| TaxSummary {
        rate_bp,
        tax_class: tax_class.to_owned(),
        net_minor: amounts.net_minor,
        tax_minor: amounts.tax_minor,
        gross_minor: amounts.gross_minor,
    };
    Totals {
        net_minor: whole.net_minor,
        tax_minor: whole.tax_minor,
        gross_minor: whole.gross_minor,
        taxes: classes.into_iter().map(summary).collect(),
    }
}

/// A line's exact price, in 1/[`PARTS`] of a minor unit.
pub(crate) fn exact_price(line: &PricedLine<'_>) -> i128 {
    i128::from(line.unit_price_minor)
        * i128::from(line.quantity_milli)
        * i128::from(MAX_DISCOUNT_BP - line.discount_bp)
}

/// A line's price in whole minor units, never too small: what the limits are checked with.
pub(crate) fn price_ceiling(line: &PricedLine<'_>) -> i128 {
    (exact_price(line) + PARTS - 1) / PARTS
}

/// Per line: the price is rounded first, the tax is taken from the rounded price.
fn round_line(line: &PricedLine<'_>, rules: &SellingRules) -> LineAmounts {
    let price = round_div(exact_price(line), PARTS, rules.tie);
    whole_amounts(price, 1, line.tax_rate_bp, rules)
}

/// The rounded amounts of an exact price given in 1/`parts` of a minor unit.
fn whole_amounts(price: i128, parts: i128, rate_bp: i64, rules: &SellingRules) -> LineAmounts {
    let rate = i128::from(rate_bp);
    let shown = round_div(price, parts, rules.tie);
    match rules.price_mode {
        PriceMode::TaxExcluded => {
            let tax = round_div(price * rate, parts * WHOLE_BP, rules.tie);
            amounts(shown, shown + tax)
        }
        // Tax is what remains: the customer pays exactly the price on the shelf.
        PriceMode::TaxIncluded => {
            let net = round_div(price * WHOLE_BP, parts * (WHOLE_BP + rate), rules.tie);
            amounts(net, shown)
        }
    }
}

fn amounts(net: i128, gross: i128) -> LineAmounts {
    LineAmounts {
        net_minor: to_minor(net),
        tax_minor: to_minor(gross - net),
        gross_minor: to_minor(gross),
    }
}

/// Per total: each class is rounded once, and its lines share the result.
fn round_classes(lines: &[PricedLine<'_>], rules: &SellingRules) -> Vec<LineAmounts> {
    let mut classes: BTreeMap<(i64, &str), Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        classes
            .entry((line.tax_rate_bp, line.tax_class))
            .or_default()
            .push(index);
    }
    let mut shared = vec![LineAmounts::default(); lines.len()];
    for ((rate_bp, _), members) in classes {
        let prices: Vec<i128> = members
            .iter()
            .map(|&index| exact_price(&lines[index]))
            .collect();
        let class = whole_amounts(prices.iter().sum(), PARTS, rate_bp, rules);
        for (&index, amounts) in
            members
                .iter()
                .zip(share_class(&prices, class, rate_bp, rules.price_mode))
        {
            shared[index] = amounts;
        }
    }
    shared
}

/// Shares a class's rounded amounts among its lines.
fn share_class(
    prices: &[i128],
    class: LineAmounts,
    rate_bp: i64,
    mode: PriceMode,
) -> Vec<LineAmounts> {
    let rate = i128::from(rate_bp);
    let no_cap = vec![i128::MAX; prices.len()];
    match mode {
        PriceMode::TaxExcluded => {
            let nets = share(class.net_minor, prices, PARTS, &no_cap);
            let taxed: Vec<i128> = prices.iter().map(|price| price * rate).collect();
            let taxes = share(class.tax_minor, &taxed, PARTS * WHOLE_BP, &no_cap);
            nets.into_iter()
                .zip(taxes)
                .map(|(net, tax)| amounts(net, net + tax))
                .collect()
        }
        PriceMode::TaxIncluded => {
            let grosses = share(class.gross_minor, prices, PARTS, &no_cap);
            let untaxed: Vec<i128> = prices.iter().map(|price| price * WHOLE_BP).collect();
            // A line's net may not exceed its gross: its tax would be negative.
            let nets = share(
                class.net_minor,
                &untaxed,
                PARTS * (WHOLE_BP + rate),
                &grosses,
            );
            nets.into_iter()
                .zip(grosses)
                .map(|(net, gross)| amounts(net, gross))
                .collect()
        }
    }
}

/// Largest remainder: cuts each exact value (in 1/`parts`) to whole units, then gives what is missing to `whole` one
/// by one to the values that were cut most, none beyond its cap.
fn share(whole: i64, exact: &[i128], parts: i128, caps: &[i128]) -> Vec<i128> {
    let mut shares: Vec<i128> = exact.iter().map(|value| value.div_euclid(parts)).collect();
    let mut missing = i128::from(whole) - shares.iter().sum::<i128>();
    if missing <= 0 {
        return shares;
    }
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|&index| (-exact[index].rem_euclid(parts), index));
    while missing > 0 {
        let before = missing;
        for &index in &order {
            if missing > 0 && shares[index] < caps[index] {
                shares[index] += 1;
                missing -= 1;
            }
        }
        // The caps add up to at least `whole`, so one round nearly always does; never turn for ever.
        if missing == before {
            break;
        }
    }
    shares
}
