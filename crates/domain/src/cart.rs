//! The cart: what a customer is about to buy, and every change that can be made to it.
//!
//! A cart is open from its first scan until it is paid or void. Its ids are made with it, so that paying it twice is
//! noticed. Lines come in at the end and keep their number for ever; a void line stays, struck through, so that the
//! number is never used for another article. As soon as the first tender lies on the counter, lines are frozen: what was
//! asked for must not change while it is being paid.
//!
//! Promises that a refused change leaves the cart exactly as it was, and that an accepted one says which row it touched.
//! A change costs no more than a walk over the lines' integers, whatever their number. Never saves anything: that is the
//! vault's.

use crate::limits::{MAX_AMOUNT_MINOR, MAX_LINES};
use crate::line::{check_discount, check_price, check_quantity, check_worth};
use crate::rounding::to_minor;
use crate::tax::{PricedLine, SellingRules, Totals};
use crate::tender::{Settlement, settle};
use crate::totals::{price_ceiling, total};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::cart_change::{CartChange, CartTouched};
pub use crate::cart_refused::CartRefused;
pub use crate::line::{CartLine, NewLine, PriceReason};
pub use crate::tender::Tender;

/// The changeable list before payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Cart {
    /// The sale this cart will become.
    pub sale_id: Uuid,
    /// The journal entry that will record it.
    pub op_id: Uuid,
    /// When its first line was added.
    pub opened_at_ms: i64,
    /// Who sells.
    pub operator_id: Uuid,
    /// Their name, as the receipt prints it.
    pub operator_name: String,
    /// A customer's order number or the like.
    pub reference: Option<String>,
    /// Ordered by number; void lines included.
    pub lines: Vec<CartLine>,
    /// In the order in which they were handed over.
    pub tenders: Vec<Tender>,
}

impl Cart {
    /// An empty cart with the ids of the sale and the journal entry it will become.
    #[must_use]
    pub fn open(
        sale_id: Uuid,
        op_id: Uuid,
        opened_at_ms: i64,
        operator_id: Uuid,
        operator_name: String,
    ) -> Self {
        Self {
            sale_id,
            op_id,
            opened_at_ms,
            operator_id,
            operator_name,
            reference: None,
            lines: Vec::new(),
            tenders: Vec::new(),
        }
    }

    /// Makes one change, or says why not and changes nothing.
    pub fn apply(
        &mut self,
        change: CartChange,
        rules: &SellingRules,
    ) -> Result<CartTouched, CartRefused> {
        match change {
            CartChange::AddLine(line) => self.add_line(line),
            CartChange::SetQuantity {
                line_no,
                quantity_milli,
            } => self.set_quantity(line_no, quantity_milli),
            CartChange::SetPrice {
                line_no,
                unit_price_minor,
                approved_by,
            } => self.set_price(line_no, unit_price_minor, approved_by),
            CartChange::SetDiscount {
                line_no,
                discount_bp,
                approved_by,
            } => self.set_discount(line_no, discount_bp, approved_by),
            CartChange::VoidLine { line_no } => self.void_line(line_no),
            CartChange::RestoreLine { line_no } => self.restore_line(line_no),
            CartChange::AddTender(tender) => self.add_tender(tender, rules),
            CartChange::RemoveTender { tender_id } => self.remove_tender(tender_id),
        }
    }

    /// The lines that are not void, in order.
    pub fn live_lines(&self) -> impl Iterator<Item = &CartLine> {
        self.lines.iter().filter(|line| !line.voided)
    }

    /// What the live lines are worth.
    #[must_use]
    pub fn totals(&self, rules: &SellingRules) -> Totals {
        let lines: Vec<PricedLine<'_>> = self.live_lines().map(CartLine::priced).collect();
        total(&lines, rules).1
    }

    /// Where the cart stands with its tenders.
    pub fn settlement(&self, rules: &SellingRules) -> Result<Settlement, CartRefused> {
        Ok(settle(
            self.totals(rules).gross_minor,
            &self.tenders,
            rules,
        )?)
    }

    fn add_line(&mut self, line: NewLine) -> Result<CartTouched, CartRefused> {
        self.refuse_if_tendered()?;
        line.check()?;
        if self.lines.len() >= MAX_LINES {
            return Err(CartRefused::TooManyLines);
        }
        self.check_total(None, &line.priced())?;
        let line_no = self
            .lines
            .last()
            .map_or(1, |last| last.line_no.saturating_add(1));
        self.lines.push(line.numbered(line_no));
        Ok(CartTouched::Line(line_no))
    }

    fn set_quantity(
        &mut self,
        line_no: u32,
        quantity_milli: i64,
    ) -> Result<CartTouched, CartRefused> {
        let index = self.changeable(line_no)?;
        check_quantity(quantity_milli, self.lines[index].unit)?;
        self.check_changed(
            index,
            &PricedLine {
                quantity_milli,
                ..self.lines[index].priced()
            },
        )?;
        self.lines[index].quantity_milli = quantity_milli;
        Ok(CartTouched::Line(line_no))
    }

    fn set_price(
        &mut self,
        line_no: u32,
        unit_price_minor: i64,
        approved_by: Uuid,
    ) -> Result<CartTouched, CartRefused> {
        let index = self.changeable(line_no)?;
        check_price(unit_price_minor)?;
        self.check_changed(
            index,
            &PricedLine {
                unit_price_minor,
                ..self.lines[index].priced()
            },
        )?;
        let line = &mut self.lines[index];
        line.unit_price_minor = unit_price_minor;
        line.price_reason = Some(PriceReason::Overridden { approved_by });
        Ok(CartTouched::Line(line_no))
    }

    fn set_discount(
        &mut self,
        line_no: u32,
        discount_bp: i64,
        approved_by: Uuid,
    ) -> Result<CartTouched, CartRefused> {
        let index = self.changeable(line_no)?;
        check_discount(discount_bp)?;
        self.check_changed(
            index,
            &PricedLine {
                discount_bp,
                ..self.lines[index].priced()
            },
        )?;
        let line = &mut self.lines[index];
        line.discount_bp = discount_bp;
        line.price_reason = Some(PriceReason::Overridden { approved_by });
        Ok(CartTouched::Line(line_no))
    }

    fn void_line(&mut self, line_no: u32) -> Result<CartTouched, CartRefused> {
        let index = self.changeable(line_no)?;
        self.lines[index].voided = true;
        Ok(CartTouched::Line(line_no))
    }

    fn restore_line(&mut self, line_no: u32) -> Result<CartTouched, CartRefused> {
        self.refuse_if_tendered()?;
        let index = self.index_of(line_no)?;
        if !self.lines[index].voided {
            return Err(CartRefused::LineNotVoided { line_no });
        }
        self.check_total(Some(index), &self.lines[index].priced())?;
        self.lines[index].voided = false;
        Ok(CartTouched::Line(line_no))
    }

    fn add_tender(
        &mut self,
        tender: Tender,
        rules: &SellingRules,
    ) -> Result<CartTouched, CartRefused> {
        let tender_id = tender.tender_id;
        if self
            .tenders
            .iter()
            .any(|known| known.tender_id == tender_id)
        {
            return Err(CartRefused::TenderKnown { tender_id });
        }
        self.tenders.push(tender);
        if let Err(refused) = self.settlement(rules) {
            self.tenders.pop();
            return Err(refused);
        }
        Ok(CartTouched::Tender(tender_id))
    }

    fn remove_tender(&mut self, tender_id: Uuid) -> Result<CartTouched, CartRefused> {
        let known = self
            .tenders
            .iter()
            .position(|tender| tender.tender_id == tender_id);
        let index = known.ok_or(CartRefused::TenderUnknown { tender_id })?;
        self.tenders.remove(index);
        Ok(CartTouched::TenderRemoved(tender_id))
    }

    fn refuse_if_tendered(&self) -> Result<(), CartRefused> {
        let tenders = self.tenders.len();
        if tenders == 0 {
            Ok(())
        } else {
            Err(CartRefused::HasTenders { tenders })
        }
    }

    /// Where a live line lies, if lines may change now.
    fn changeable(&self, line_no: u32) -> Result<usize, CartRefused> {
        self.refuse_if_tendered()?;
        let index = self.index_of(line_no)?;
        if self.lines[index].voided {
            Err(CartRefused::LineVoided { line_no })
        } else {
            Ok(index)
        }
    }

    fn index_of(&self, line_no: u32) -> Result<usize, CartRefused> {
        self.lines
            .binary_search_by_key(&line_no, |line| line.line_no)
            .map_err(|_| CartRefused::LineUnknown { line_no })
    }

    fn check_changed(&self, index: usize, changed: &PricedLine<'_>) -> Result<(), CartRefused> {
        check_worth(changed)?;
        self.check_total(Some(index), changed)
    }

    /// The whole cart with `line` in the place of the one at `index` (or added) stays within the limit.
    fn check_total(&self, index: Option<usize>, line: &PricedLine<'_>) -> Result<(), CartRefused> {
        let others = self
            .lines
            .iter()
            .enumerate()
            .filter(|(at, other)| !other.voided && Some(*at) != index);
        let amount_minor = others
            .map(|(_, other)| price_ceiling(&other.priced()))
            .sum::<i128>()
            + price_ceiling(line);
        if to_minor(amount_minor) <= MAX_AMOUNT_MINOR {
            Ok(())
        } else {
            Err(CartRefused::TotalTooLarge { amount_minor })
        }
    }
}
