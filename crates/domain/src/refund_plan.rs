//! What may be given back, and for how much.
//!
//! Giving back a part of a line is worth its share of what was paid. Shares are rounded, so each part is worth the
//! *difference of two cumulative shares*: what the line's given-back quantity is worth after, less what was given back
//! before. So any parts, in any order, add up to exactly what was paid when the last one comes back. The net follows the
//! gross the same way, which keeps every part's tax from going below zero.
//!
//! Promises never to give back more than was sold less what was given back. Never decides who may.

use crate::limits::MAX_REFUND_LINES;
use crate::line::NewLine;
use crate::quantity::Unit;
use crate::refund::{RefundLine, RefundRefused};
use crate::rounding::{Tie, round_div, to_minor};
use crate::sale::{Sale, SaleLine};
use crate::tax::{LineAmounts, PricedLine, SellingRules};
use crate::totals::total;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One line that a customer brings back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct RefundLineRequest {
    /// The sale's line. May be asked for twice: one piece for the shelf, one for the bin.
    pub line_no: u32,
    /// How much, in thousandths; above zero.
    pub quantity_milli: i64,
    /// Whether the goods are sold again.
    pub back_to_stock: bool,
}

/// What an earlier refund gave back of a line. Several entries for a line add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct GivenBack {
    /// The sale's line.
    pub line_no: u32,
    /// How much, in thousandths; positive.
    pub quantity_milli: i64,
    /// What was given back for it; positive.
    pub amounts: LineAmounts,
}

/// An article that comes back without a sale to point at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct ReturnedArticle {
    /// What it is and what is given for it.
    pub line: NewLine,
    /// Whether the goods are sold again.
    pub back_to_stock: bool,
}

/// What has been given back of a line so far.
#[derive(Clone, Copy, Default)]
struct SoFar {
    quantity_milli: i64,
    amounts: LineAmounts,
}

impl SoFar {
    fn plus(self, quantity_milli: i64, amounts: LineAmounts) -> Self {
        Self {
            quantity_milli: self.quantity_milli.saturating_add(quantity_milli),
            amounts: self.amounts.plus(amounts),
        }
    }
}

/// The refund's lines for what was asked, in that order; or why not.
pub fn plan_refund(
    sale: &Sale,
    given_back: &[GivenBack],
    request: &[RefundLineRequest],
) -> Result<Vec<RefundLine>, RefundRefused> {
    check_count(request.len())?;
    let mut so_far: BTreeMap<u32, SoFar> = BTreeMap::new();
    for given in given_back {
        let entry = so_far.entry(given.line_no).or_default();
        *entry = entry.plus(given.quantity_milli, given.amounts);
    }
    let mut lines = Vec::with_capacity(request.len());
    for (line_no, wanted) in (1..).zip(request) {
        let sold = sold_line(sale, wanted.line_no)?;
        let before = so_far.entry(wanted.line_no).or_default();
        let amounts = part_of(sold, *before, wanted)?;
        *before = before.plus(wanted.quantity_milli, amounts);
        lines.push(refund_line(line_no, sold, wanted, amounts));
    }
    Ok(lines)
}

/// The refund's lines for articles without a receipt, priced as a sale of them would be; or why not.
pub fn plan_refund_without_receipt(
    articles: &[ReturnedArticle],
    rules: &SellingRules,
) -> Result<Vec<RefundLine>, RefundRefused> {
    check_count(articles.len())?;
    for (position, article) in (1..).zip(articles) {
        article
            .line
            .check()
            .map_err(|refused| RefundRefused::Article { position, refused })?;
    }
    let priced: Vec<PricedLine<'_>> = articles
        .iter()
        .map(|article| article.line.priced())
        .collect();
    let (amounts, _) = total(&priced, rules);
    let numbered = (1..).zip(articles).zip(amounts);
    Ok(numbered
        .map(|((line_no, article), amounts)| unreceipted_line(line_no, article, amounts))
        .collect())
}

fn check_count(lines: usize) -> Result<(), RefundRefused> {
    match lines {
        0 => Err(RefundRefused::Nothing),
        1..=MAX_REFUND_LINES => Ok(()),
        _ => Err(RefundRefused::TooManyLines { lines }),
    }
}

fn sold_line(sale: &Sale, line_no: u32) -> Result<&SaleLine, RefundRefused> {
    sale.lines
        .iter()
        .find(|line| line.line_no == line_no)
        .ok_or(RefundRefused::LineUnknown { line_no })
}

/// What this part of a line is worth, if it may come back.
fn part_of(
    sold: &SaleLine,
    before: SoFar,
    wanted: &RefundLineRequest,
) -> Result<LineAmounts, RefundRefused> {
    let RefundLineRequest {
        line_no,
        quantity_milli,
        ..
    } = *wanted;
    let whole = sold.unit != Unit::Piece || quantity_milli % 1_000 == 0;
    if quantity_milli <= 0 || !whole {
        return Err(RefundRefused::QuantityRefused {
            line_no,
            quantity_milli,
        });
    }
    let left_milli = (sold.quantity_milli - before.quantity_milli).max(0);
    if quantity_milli > left_milli {
        return Err(RefundRefused::ExceedsSold {
            line_no,
            quantity_milli,
            left_milli,
        });
    }
    let after = share_of(sold, before.quantity_milli + quantity_milli);
    // Earlier refunds made elsewhere may have been rounded otherwise: never below zero, and the last part still closes.
    let gross_minor = (after.gross_minor - before.amounts.gross_minor).max(0);
    let net_minor = (after.net_minor - before.amounts.net_minor).clamp(0, gross_minor);
    Ok(LineAmounts {
        net_minor,
        tax_minor: gross_minor - net_minor,
        gross_minor,
    })
}

/// What `quantity_milli` of a sold line is worth, counted from the first piece.
fn share_of(sold: &SaleLine, quantity_milli: i64) -> LineAmounts {
    let LineAmounts {
        net_minor: net,
        gross_minor: gross,
        ..
    } = sold.amounts;
    let gross_minor = round_div(
        i128::from(gross) * i128::from(quantity_milli),
        i128::from(sold.quantity_milli.max(1)),
        Tie::HalfUp,
    );
    let net_minor = round_div(
        i128::from(net) * gross_minor,
        i128::from(gross.max(1)),
        Tie::HalfUp,
    );
    LineAmounts {
        net_minor: to_minor(net_minor),
        tax_minor: to_minor(gross_minor - net_minor),
        gross_minor: to_minor(gross_minor),
    }
}

fn refund_line(
    line_no: u32,
    sold: &SaleLine,
    wanted: &RefundLineRequest,
    amounts: LineAmounts,
) -> RefundLine {
    RefundLine {
        line_no,
        of_line: Some(sold.line_no),
        product_id: sold.product_id,
        code: sold.code.clone(),
        name: sold.name.clone(),
        unit: sold.unit,
        quantity_milli: wanted.quantity_milli,
        unit_price_minor: sold.unit_price_minor,
        list_price_minor: sold.list_price_minor,
        price_reason: sold.price_reason,
        discount_bp: sold.discount_bp,
        tax_class: sold.tax_class.clone(),
        tax_rate_bp: sold.tax_rate_bp,
        back_to_stock: wanted.back_to_stock,
        amounts,
    }
}

fn unreceipted_line(line_no: u32, article: &ReturnedArticle, amounts: LineAmounts) -> RefundLine {
    let line = &article.line;
    RefundLine {
        line_no,
        of_line: None,
        product_id: line.product_id,
        code: line.code.clone(),
        name: line.name.clone(),
        unit: line.unit,
        quantity_milli: line.quantity_milli,
        unit_price_minor: line.unit_price_minor,
        list_price_minor: line.list_price_minor,
        price_reason: line.price_reason,
        discount_bp: line.discount_bp,
        tax_class: line.tax_class.clone(),
        tax_rate_bp: line.tax_rate_bp,
        back_to_stock: article.back_to_stock,
        amounts,
    }
}
