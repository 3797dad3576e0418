//! This till's sales: the list, one sale whole, and its life in words.

use domain::{LineAmounts, PriceMode, Tender, Totals, Unit};
use uuid::Uuid;
use vault::sales::{self as rows, SaleFact, StoredSale};

use crate::dto::{GivenBack, SaleDetail, SaleKind, SaleLineView, SaleRow, SalesQuery};
use crate::error::{AppError, Code};
use crate::sync_worker::LinkView;
use crate::tendering;
use crate::till::Till;
use crate::views;

/// The most sales that one search answers.
const FOUND_AT_MOST: u32 = 50;

impl Till {
    /// This till's sales and refunds, newest first.
    pub fn sales(&self, query: SalesQuery) -> Result<Vec<SaleRow>, AppError> {
        let amount = self.rules().ok().and_then(|rules| {
            query
                .text
                .as_deref()
                .and_then(|text| domain::parse_minor(text.trim(), rules.currency).ok())
        });
        let page = rows::SalesQuery {
            before_seq: query.before_seq,
            limit: query.limit,
        };
        let found = self
            .vault
            .read(|reader| match query.text.as_deref().map(str::trim) {
                None | Some("") => rows::list(reader, &page),
                Some(text) => rows::search(reader, text, amount, &page),
            })?;
        let link = self.link_view();
        Ok(found.iter().map(|row| row_view(row, &link)).collect())
    }

    /// Recorded, not told: to be looked at before a new sale.
    pub fn untold_sales(&self) -> Result<Vec<SaleRow>, AppError> {
        let link = self.link_view();
        let found = self.vault.read(rows::untold)?;
        Ok(found.iter().map(|row| row_view(row, &link)).collect())
    }

    /// One sale whole.
    pub fn sale(&self, sale_id: Uuid) -> Result<SaleDetail, AppError> {
        let stored = self.stored_sale(sale_id)?;
        let fact = Fact::of(&stored.fact);
        let link = self.link_view();
        let (given_back, refunds) = self.vault.read(|reader| {
            Ok((
                rows::given_back(reader, sale_id)?,
                rows::refunds_of(reader, sale_id)?,
            ))
        })?;
        let back_of = |line_no: u32| -> i64 {
            let of_line = given_back.iter().filter(|back| back.line_no == line_no);
            of_line.map(|back| back.quantity_milli).sum()
        };
        Ok(SaleDetail {
            row: row_view(&stored.row, &link),
            of_sale: stored.row.of_sale,
            lines: fact
                .lines
                .iter()
                .map(|line| line.view(back_of(line.line_no), fact.kind))
                .collect(),
            tenders: fact.tenders.iter().map(tendering::entry).collect(),
            totals: views::totals_view(fact.totals, &self.tax_names()?),
            cash_rounding_minor: fact.cash_rounding_minor,
            to_pay_minor: fact.to_pay_minor,
            change_minor: fact.change_minor,
            reason: fact.reason.map(str::to_owned),
            approved_by: fact.approved_by.map(str::to_owned),
            time_line: self.time_line(&stored, &fact)?,
            op_hash: stored.op_hash.to_string(),
            refunds: refunds.iter().map(|row| row_view(row, &link)).collect(),
            why_waiting: self.why_waiting(&stored, &link)?,
        })
    }

    /// Sales by a receipt number, a barcode on them in any of its spellings, an amount, or words of
    /// articles; newest first.
    pub fn find_sale(&self, text: String) -> Result<Vec<SaleRow>, AppError> {
        let query = |text: String| SalesQuery {
            text: Some(text),
            before_seq: None,
            limit: FOUND_AT_MOST,
        };
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.sales(query(text.clone()))?;
        // What is on the receipt is the code as scanned; the shop may type it in another spelling.
        for key in domain::scan_keys(&text) {
            if key != text.trim() {
                let more = self.sales(query(key))?;
                found.extend(more);
            }
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.seq));
        found.dedup_by_key(|row| row.sale_id);
        found.truncate(FOUND_AT_MOST as usize);
        Ok(found)
    }

    /// One sale by its id, its receipt number, or `last`.
    pub fn sale_named(&self, text: &str) -> Result<Uuid, AppError> {
        if let Ok(sale_id) = text.parse() {
            return Ok(sale_id);
        }
        let text = (text != "last").then(|| text.to_owned());
        let found = self.sales(SalesQuery {
            text: text.clone(),
            before_seq: None,
            limit: 20,
        })?;
        let exact = found
            .iter()
            .find(|row| text.as_ref().is_none_or(|text| row.number == *text));
        exact
            .map(|row| row.sale_id)
            .ok_or_else(|| unknown(text.as_deref().unwrap_or("last")))
    }

    pub(crate) fn stored_sale(&self, sale_id: Uuid) -> Result<StoredSale, AppError> {
        let found = self.vault.read(|reader| rows::by_id(reader, sale_id))?;
        found.ok_or_else(|| unknown(&sale_id.to_string()))
    }

    pub(crate) fn untold_count(&self) -> Result<u64, AppError> {
        Ok(self.vault.read(rows::count_untold)?)
    }
}

fn unknown(text: &str) -> AppError {
    AppError::new(Code::SaleUnknown, format!("this till has no sale {text:?}")).field("sale", text)
}

fn row_view(row: &rows::SaleRow, link: &LinkView) -> SaleRow {
    let kind = kind_of(row.kind);
    SaleRow {
        sale_id: row.sale_id,
        seq: row.seq,
        number: row.number.clone(),
        kind,
        completed_at_ms: row.completed_at_ms,
        operator_name: row.operator_name.clone(),
        lines: u32::try_from(row.lines).unwrap_or(u32::MAX),
        total_minor: match kind {
            SaleKind::Sale => row.to_pay_minor,
            SaleKind::Refund => -row.to_pay_minor,
        },
        sync: crate::sync_worker::sync_state(row.in_cloud, row.outcome, row.seq, link),
        given_back: match row.given_back_milli {
            0 => GivenBack::None,
            back if back >= row.sold_milli => GivenBack::All,
            _ => GivenBack::Part,
        },
    }
}

fn kind_of(kind: rows::SaleKind) -> SaleKind {
    match kind {
        rows::SaleKind::Sale => SaleKind::Sale,
        rows::SaleKind::Refund => SaleKind::Refund,
    }
}

/// What sales and refunds have in common, for screens and receipts.
pub(crate) struct Fact<'a> {
    pub kind: SaleKind,
    pub opened_at_ms: Option<i64>,
    pub lines: Vec<FactLine<'a>>,
    pub tenders: &'a [Tender],
    pub totals: &'a Totals,
    pub cash_rounding_minor: i64,
    pub to_pay_minor: i64,
    pub change_minor: i64,
    pub reason: Option<&'a str>,
    pub approved_by: Option<&'a str>,
}

/// One line of either.
pub(crate) struct FactLine<'a> {
    pub line_no: u32,
    pub name: &'a str,
    pub code: Option<&'a str>,
    pub unit: Unit,
    pub quantity_milli: i64,
    pub unit_price_minor: i64,
    pub amounts: LineAmounts,
    pub price_mode: PriceMode,
}

impl<'a> Fact<'a> {
    /// Reads either.
    pub fn of(fact: &'a SaleFact) -> Self {
        match fact {
            SaleFact::Sale(sale) => Self {
                kind: SaleKind::Sale,
                opened_at_ms: Some(sale.opened_at_ms),
                lines: sale
                    .lines
                    .iter()
                    .map(|line| FactLine {
                        line_no: line.line_no,
                        name: &line.name,
                        code: line.code.as_deref(),
                        unit: line.unit,
                        quantity_milli: line.quantity_milli,
                        unit_price_minor: line.unit_price_minor,
                        amounts: line.amounts,
                        price_mode: sale.price_mode,
                    })
                    .collect(),
                tenders: &sale.tenders,
                totals: &sale.totals,
                cash_rounding_minor: sale.cash_rounding_minor,
                to_pay_minor: sale.to_pay_minor,
                change_minor: sale.change_minor,
                reason: None,
                approved_by: None,
            },
            SaleFact::Refund(refund) => Self {
                kind: SaleKind::Refund,
                opened_at_ms: None,
                lines: refund
                    .lines
                    .iter()
                    .map(|line| FactLine {
                        line_no: line.line_no,
                        name: &line.name,
                        code: line.code.as_deref(),
                        unit: line.unit,
                        quantity_milli: line.quantity_milli,
                        unit_price_minor: line.unit_price_minor,
                        amounts: line.amounts,
                        price_mode: refund.price_mode,
                    })
                    .collect(),
                tenders: &refund.tenders,
                totals: &refund.totals,
                cash_rounding_minor: refund.cash_rounding_minor,
                to_pay_minor: refund.to_give_minor,
                change_minor: 0,
                reason: Some(&refund.reason),
                approved_by: Some(&refund.approved_by_name),
            },
        }
    }
}

impl FactLine<'_> {
    fn view(&self, given_back_milli: i64, kind: SaleKind) -> SaleLineView {
        SaleLineView {
            line_no: self.line_no,
            name: self.name.to_owned(),
            code: self.code.map(str::to_owned),
            unit: self.unit,
            quantity_milli: self.quantity_milli,
            quantity_text: views::quantity_text(self.quantity_milli, self.unit),
            unit_price_minor: self.unit_price_minor,
            amount_minor: self.amounts.shown_minor(self.price_mode),
            given_back_milli,
            may_give_back_milli: match kind {
                SaleKind::Sale => self.quantity_milli - given_back_milli,
                SaleKind::Refund => 0,
            },
        }
    }
}
