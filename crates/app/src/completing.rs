//! From a paid cart to a fact on disk.
//!
//! The story, in order: the domain freezes the cart into a sale; the vault writes op, sale, lines,
//! tenders, movements and the receipt's print job in one transaction while the journal writes the
//! op; both are flushed; only then is anything answered, printed or opened. The ids were minted
//! with the cart, so paying the same cart again is the same op and gets the same answer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::{Cart, Right, SellingRules, TenderKind};
use protocol::OpDraft;
use protocol::body::{CartVoidedV1, OpBody};
use uuid::Uuid;
use vault::sales::{self, RecordedSale, Recording, SaleFact, StoredSale};

use crate::config::TillConfig;
use crate::dto::{Done, SaleKind};
use crate::error::{AppError, Code};
use crate::people::Session;
use crate::sales::Fact;
use crate::tendering;
use crate::till::Till;

impl Till {
    /// Completes the sale; answers only after vault and journal are flushed.
    pub fn complete(&self) -> Result<Done, AppError> {
        Ok(self.done(&self.record_cart()?))
    }

    /// The same without what stands on the Done screen; answers the sale's id.
    pub(crate) fn complete_quietly(&self) -> Result<Uuid, AppError> {
        Ok(self.record_cart()?.sale_id)
    }

    fn record_cart(&self) -> Result<Recorded, AppError> {
        let session = self.session_with(Right::Sell)?;
        let config = self.config()?;
        let mut counter = self.counter();
        let cart = counter.cart.as_ref().ok_or_else(|| {
            AppError::new(
                Code::CartEmpty,
                "there is nothing to complete: scan an article first",
            )
        })?;
        let sale = domain::complete(cart, &config.rules, self.now_ms())?;
        let recording = recording(cart.op_id, &session, &config);
        let fact = SaleFact::Sale(Box::new(sale.clone()));
        let kept = self
            .vault
            .transact(move |tx| sales::record_sale(tx, &sale, &recording))?;
        counter.cart = None;
        counter.newest_line = None;
        drop(counter);
        let recorded = Recorded::new(kept, fact);
        self.after_recording(recorded.in_cash() && config.printer.open_drawer);
        Ok(recorded)
    }

    /// The cashier has seen it: it will not be asked about at the next start.
    pub fn told(&self, sale_id: Uuid) -> Result<(), AppError> {
        self.vault.transact(move |tx| sales::told(tx, sale_id))?;
        self.tell_status();
        Ok(())
    }

    /// Opens the drawer if asked, and wakes whoever catches up behind the counter.
    pub(crate) fn after_recording(&self, open_drawer: bool) {
        attempt("what follows a sale", || {
            if open_drawer {
                self.pulse_drawer_quietly();
            }
            self.wake_printing();
            self.wake_sync();
            self.tell_status();
            Ok(())
        });
    }

    /// What stands on the Done screen. It is recorded: whatever cannot be shown is left out.
    pub(crate) fn done(&self, recorded: &Recorded) -> Done {
        let sale_id = recorded.sale_id;
        let fact = Fact::of(&recorded.fact);
        let tenders: Vec<_> = fact.tenders.iter().map(tendering::entry).collect();
        Done {
            sale_id,
            number: recorded.number.clone(),
            kind: fact.kind,
            to_pay_minor: fact.to_pay_minor,
            tendered_minor: tenders.iter().map(|tender| tender.amount_minor).sum(),
            change_minor: match fact.kind {
                SaleKind::Sale => fact.change_minor,
                SaleKind::Refund => fact.to_pay_minor,
            },
            preview: attempt("the receipt's picture", || self.receipt(sale_id)),
            print: attempt("the print job", || self.print_job_of(sale_id)).flatten(),
            tenders,
        }
    }
}

/// A sale or refund that is on disk: from here on nothing may say "no".
pub(crate) struct Recorded {
    pub sale_id: Uuid,
    number: String,
    fact: SaleFact,
}

impl Recorded {
    /// As the vault answered it.
    pub fn new(kept: RecordedSale, fact: SaleFact) -> Self {
        Self {
            sale_id: kept.sale_id,
            number: kept.number,
            fact,
        }
    }

    /// Whether coins moved.
    pub fn in_cash(&self) -> bool {
        let mut tenders = Fact::of(&self.fact).tenders.iter();
        tenders.any(|tender| tender.kind == TenderKind::Cash)
    }
}

impl From<StoredSale> for Recorded {
    fn from(stored: StoredSale) -> Self {
        Self {
            sale_id: stored.row.sale_id,
            number: stored.row.number,
            fact: stored.fact,
        }
    }
}

/// Does what may fail or break without touching what is recorded; its trouble is logged.
fn attempt<T>(what: &str, deed: impl FnOnce() -> Result<T, AppError>) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(deed)) {
        Ok(Ok(answer)) => return Some(answer),
        Ok(Err(error)) => tracing::error!("recorded, but {what} failed: {error}"),
        Err(_) => tracing::error!("recorded, but {what} panicked"),
    }
    None
}

/// What goes around a fact of this session when it is recorded.
pub(crate) fn recording(op_id: Uuid, session: &Session, config: &TillConfig) -> Recording {
    Recording {
        op_id,
        actor: session.actor(),
        shift: None,
        business_date: session.business_date.clone(),
        number_prefix: config.number_prefix(),
        print: config.prints(),
        told: false,
    }
}

/// An op of this session around a body.
pub(crate) fn draft(op_id: Uuid, session: &Session, body: OpBody) -> OpDraft {
    OpDraft {
        op_id,
        actor: session.actor(),
        shift: None,
        business_date: session.business_date.clone(),
        after: Vec::new(),
        base: Vec::new(),
        body,
    }
}

/// The op that says a cart was given up.
pub(crate) fn voided(cart: &Cart, session: &Session, rules: &SellingRules, at_ms: i64) -> OpDraft {
    let body = OpBody::CartVoidedV1(CartVoidedV1 {
        sale_id: cart.sale_id,
        operator_id: session.operator_id,
        lines: u32::try_from(cart.live_lines().count()).unwrap_or(u32::MAX),
        gross_minor: cart.totals(rules).gross_minor,
        voided_at_ms: at_ms,
    });
    draft(cart.op_id, session, body)
}
