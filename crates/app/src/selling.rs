//! The open cart: every change is on disk before it is answered.
//!
//! Owns the one path by which a cart changes: the domain decides, the vault writes the one row
//! that was touched, and only then does the cart in memory count. If the write fails, the cart is
//! read back from disk, which is the truth.

use domain::{Cart, CartChange, CartTouched, NewLine, Right};
use vault::cart as cart_rows;

use crate::dto::{Approval, CartView};
use crate::error::{AppError, Code};
use crate::named::in_money;
use crate::till::{Counter, Till};
use crate::views;

impl Till {
    /// The open cart.
    pub fn cart(&self) -> Result<CartView, AppError> {
        let rules = self.rules()?;
        let counter = self.counter();
        Ok(views::cart(
            counter.cart.as_ref(),
            counter.newest_line,
            &rules,
            &self.tax_names()?,
        ))
    }

    /// Sets a line's quantity in thousandths.
    pub fn set_quantity(&self, line_no: u32, quantity_milli: i64) -> Result<CartView, AppError> {
        self.session_with(Right::Sell)?;
        self.change(CartChange::SetQuantity {
            line_no,
            quantity_milli,
        })
    }

    /// Sets another price for one unit of a line; needs the right, or somebody who has it.
    pub fn set_price(
        &self,
        line_no: u32,
        unit_price_minor: i64,
        approval: Option<Approval>,
    ) -> Result<CartView, AppError> {
        self.session_with(Right::Sell)?;
        let approved_by = self.approved(Right::OverridePrice, approval)?.operator_id;
        self.change(CartChange::SetPrice {
            line_no,
            unit_price_minor,
            approved_by,
        })
    }

    /// Voids a line; it stays in place and can be restored.
    pub fn void_line(&self, line_no: u32) -> Result<CartView, AppError> {
        self.session_with(Right::Sell)?;
        self.change(CartChange::VoidLine { line_no })
    }

    /// Takes a void back.
    pub fn restore_line(&self, line_no: u32) -> Result<CartView, AppError> {
        self.session_with(Right::Sell)?;
        self.change(CartChange::RestoreLine { line_no })
    }

    /// Gives the whole cart up; that it was there is recorded.
    pub fn void_cart(&self) -> Result<CartView, AppError> {
        let session = self.session_with(Right::Sell)?;
        let rules = self.rules()?;
        let mut counter = self.counter();
        if let Some(cart) = &counter.cart {
            if !cart.tenders.is_empty() {
                return Err(tendered());
            }
            let draft = crate::completing::voided(cart, &session, &rules, self.now_ms());
            let sale_id = cart.sale_id;
            self.vault.transact(move |tx| {
                tx.append_op(|_| draft)?;
                cart_rows::clear(tx, sale_id)
            })?;
            counter.cart = None;
            counter.newest_line = None;
        }
        drop(counter);
        self.wake_sync();
        self.cart()
    }

    /// Puts a line into the cart, opening one if there is none; answers its number.
    pub(crate) fn add_line(&self, line: NewLine) -> Result<u32, AppError> {
        let session = self.session_with(Right::Sell)?;
        let rules = self.rules()?;
        self.refuse_while_untold()?;
        let mut counter = self.counter();
        if counter.cart.is_none() {
            self.begin_cart(&mut counter, &session, &line, &rules)?;
            return Ok(1);
        }
        self.apply(&mut counter, CartChange::AddLine(line), &rules)
    }

    /// Whether the cart would take this line; nothing changes.
    pub(crate) fn would_take(&self, line: &NewLine) -> Result<(), AppError> {
        let rules = self.rules()?;
        let money = |refused: domain::CartRefused| in_money(refused.into(), rules.currency);
        line.check().map_err(money)?;
        self.refuse_while_untold()?;
        let cart = self.counter().cart.clone();
        cart.map_or(Ok(()), |mut cart| {
            let taken = cart.apply(CartChange::AddLine(line.clone()), &rules);
            taken.map(|_| ()).map_err(money)
        })
    }

    /// Makes one change to the open cart and shows the result.
    pub(crate) fn change(&self, change: CartChange) -> Result<CartView, AppError> {
        let rules = self.rules()?;
        let mut counter = self.counter();
        self.apply(&mut counter, change, &rules)?;
        drop(counter);
        self.cart()
    }

    /// Decides, writes, then shows; answers the touched line, or the newest one.
    pub(crate) fn apply(
        &self,
        counter: &mut Counter,
        change: CartChange,
        rules: &domain::SellingRules,
    ) -> Result<u32, AppError> {
        let cart = counter.cart.as_mut().ok_or_else(empty)?;
        let touched = cart
            .apply(change, rules)
            .map_err(|refused| in_money(refused.into(), rules.currency))?;
        let row = only(cart, touched);
        if let Err(error) = self
            .vault
            .transact(move |tx| cart_rows::touch(tx, &row, touched))
        {
            // If even reading fails, nothing is shown that is not on disk.
            counter.cart = None;
            counter.cart = self.vault.read(cart_rows::load)?;
            return Err(error.into());
        }
        if let CartTouched::Line(line_no) = touched {
            counter.newest_line = Some(line_no);
        }
        Ok(counter.newest_line.unwrap_or_default())
    }

    /// The first article: the ids of the sale to be are minted and stored with it.
    fn begin_cart(
        &self,
        counter: &mut Counter,
        session: &crate::people::Session,
        line: &NewLine,
        rules: &domain::SellingRules,
    ) -> Result<(), AppError> {
        let mut cart = Cart::open(
            self.new_id(),
            self.new_id(),
            self.now_ms(),
            session.operator_id,
            session.name.clone(),
        );
        cart.reference = counter.reference.take();
        cart.apply(CartChange::AddLine(line.clone()), rules)
            .map_err(|refused| in_money(refused.into(), rules.currency))?;
        let stored = cart.clone();
        self.vault
            .transact(move |tx| cart_rows::insert(tx, &stored))?;
        counter.cart = Some(cart);
        counter.newest_line = Some(1);
        Ok(())
    }

    /// The next cart stands for another system's number, such as a replayed invoice's.
    pub(crate) fn refer_next_cart_to(&self, number: &str) {
        self.counter().reference = Some(number.to_owned());
    }

    fn refuse_while_untold(&self) -> Result<(), AppError> {
        if self.counter().cart.is_some() || self.untold_count()? == 0 {
            return Ok(());
        }
        Err(AppError::new(
            Code::UntoldSaleFirst,
            "a recorded sale has not been looked at yet: print it or give it back first",
        ))
    }
}

/// The cart with only the touched line: a long cart is not copied for each scan.
fn only(cart: &Cart, touched: CartTouched) -> Cart {
    let lines = match touched {
        // Lines are in order of their numbers, so this is found without a walk.
        CartTouched::Line(line_no) => {
            let place = cart
                .lines
                .binary_search_by_key(&line_no, |line| line.line_no);
            place
                .map(|place| vec![cart.lines[place].clone()])
                .unwrap_or_default()
        }
        CartTouched::Tender(_) | CartTouched::TenderRemoved(_) => Vec::new(),
    };
    Cart {
        lines,
        tenders: cart.tenders.clone(),
        operator_name: cart.operator_name.clone(),
        reference: cart.reference.clone(),
        ..*cart
    }
}

fn empty() -> AppError {
    AppError::new(Code::CartEmpty, "the cart is empty: scan an article first")
}

fn tendered() -> AppError {
    AppError::new(
        Code::TenderedAlready,
        "money has been taken: remove the tenders first",
    )
}
