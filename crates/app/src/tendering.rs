//! Taking money: what is due, what has been given, what goes back.
//!
//! Tenders are durable with the cart: a card payment approved on its terminal is still there after
//! a power cut.

use domain::{Cart, CartChange, CartRefused, Right, SellingRules, Tender, TenderKind};
use uuid::Uuid;

use crate::dto::{TenderLineView, TenderView};
use crate::error::{AppError, Code};
use crate::till::Till;

impl Till {
    /// What is due and what has been given.
    pub fn tender(&self) -> Result<TenderView, AppError> {
        let rules = self.rules()?;
        let counter = self.counter();
        let cart = counter.cart.as_ref().ok_or_else(empty)?;
        if cart.live_lines().next().is_none() {
            return Err(empty());
        }
        Ok(view(cart, &rules)?)
    }

    /// Takes one amount; cash may exceed what is due (the rest is change), card may not.
    pub fn add_tender(
        &self,
        kind: TenderKind,
        amount_minor: i64,
        reference: Option<String>,
    ) -> Result<TenderView, AppError> {
        self.session_with(Right::Sell)?;
        let tender = Tender {
            tender_id: self.new_id(),
            kind,
            amount_minor,
            reference,
        };
        self.change(CartChange::AddTender(tender))?;
        self.tender()
    }

    /// Gives one amount back before the sale is complete.
    pub fn remove_tender(&self, tender_id: Uuid) -> Result<TenderView, AppError> {
        self.session_with(Right::Sell)?;
        self.change(CartChange::RemoveTender { tender_id })?;
        self.tender()
    }
}

fn empty() -> AppError {
    AppError::new(
        Code::CartEmpty,
        "there is nothing to pay: scan an article first",
    )
}

fn view(cart: &Cart, rules: &SellingRules) -> Result<TenderView, CartRefused> {
    let settlement = cart.settlement(rules)?;
    Ok(TenderView {
        sale_id: cart.sale_id,
        gross_minor: cart.totals(rules).gross_minor,
        cash_rounding_minor: settlement.cash_rounding_minor,
        to_pay_minor: settlement.to_pay_minor,
        tendered_minor: settlement.tendered_minor,
        remaining_minor: settlement.remaining_minor,
        change_minor: settlement.change_minor,
        quick_cash_minor: settlement.quick_cash_minor,
        tenders: cart.tenders.iter().map(entry).collect(),
    })
}

/// One amount as the screen shows it.
pub(crate) fn entry(tender: &Tender) -> TenderLineView {
    TenderLineView {
        tender_id: tender.tender_id,
        kind: tender.kind,
        amount_minor: tender.amount_minor,
        reference: tender.reference.clone(),
    }
}
