//! What only the command line asks: one sale in one go, a bare look-up, the queue as a list.

use std::fmt::Write as _;

use serde::Serialize;
use uuid::Uuid;
use vault::outbox;

use domain::{ScannedValue, TenderKind};

use crate::dto::{Done, ProductDto, ScanAnswer, ScannedBy, SyncState};
use crate::error::{AppError, Code};
use crate::till::Till;

/// What a scan answers, without selling anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookUp {
    /// The code as asked.
    pub code: String,
    /// The key that was found.
    pub key: String,
    /// Every product it may mean; none: unknown; several: the till asks.
    pub products: Vec<ProductDto>,
    /// The price inside the code.
    pub price_minor: Option<i64>,
    /// The quantity inside the code.
    pub quantity_milli: Option<i64>,
    /// How long the look-up itself took, microseconds.
    pub micros: u64,
}

impl LookUp {
    /// For people.
    pub fn words(&self) -> String {
        let names: Vec<&str> = self
            .products
            .iter()
            .map(|product| product.name.as_str())
            .collect();
        match names.as_slice() {
            [] => format!("{} is unknown ({} µs).", self.code, self.micros),
            [one] => format!("{} is {one} ({} µs).", self.code, self.micros),
            many => format!(
                "{} may be: {} ({} µs).",
                self.code,
                many.join(" / "),
                self.micros
            ),
        }
    }
}

/// What waits for the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueList {
    /// How many ops wait in all.
    pub ops_waiting: u64,
    /// How many need a person.
    pub needs_person: u64,
    /// The first of them, in cashier order.
    pub entries: Vec<QueueEntry>,
}

/// One op in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueEntry {
    /// Cashier order.
    pub seq: u64,
    /// The op.
    pub op_id: Uuid,
    /// Its type with version.
    pub kind: String,
    /// The receipt number, if it has one.
    pub number: Option<String>,
    /// Where it is.
    pub state: SyncState,
    /// The cloud's reason, if it gave one.
    pub code: Option<String>,
    /// When it was recorded.
    pub recorded_at_ms: i64,
}

impl QueueList {
    /// For people.
    pub fn words(&self) -> String {
        let mut text = format!(
            "{} ops wait, {} need a person.",
            self.ops_waiting, self.needs_person
        );
        for entry in &self.entries {
            let number = entry.number.as_deref().unwrap_or("");
            let _ = write!(
                text,
                "\n{:>8}  {:?}  {}  {number}",
                entry.seq, entry.state, entry.kind
            );
        }
        text
    }
}

impl Till {
    /// Looks a code up and says how long that took.
    pub fn look_up(&self, code: &str) -> Result<LookUp, AppError> {
        // The first look-up of a process prepares its statements; a till's scans do not.
        self.shop.scan(code)?;
        let clock = std::time::Instant::now();
        let found = self.shop.scan(code)?;
        let micros = u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (price_minor, quantity_milli) = match found.value {
            Some(ScannedValue::PriceMinor(price)) => (Some(price), None),
            Some(ScannedValue::QuantityMilli(quantity)) => (None, Some(quantity)),
            None => (None, None),
        };
        Ok(LookUp {
            code: code.to_owned(),
            key: found.key,
            products: found
                .products
                .iter()
                .map(|p| self.product_dto(p))
                .collect::<Result<_, _>>()?,
            price_minor,
            quantity_milli,
            micros,
        })
    }

    /// Rings up articles and takes cash for them: the window's own commands, one after the other.
    /// A refusal on the way leaves no cart behind.
    pub fn ring_up(&self, codes: &[String], cash: &str) -> Result<Done, AppError> {
        let currency = self.rules()?.currency;
        let cash_minor = domain::parse_minor(cash, currency)?;
        self.refuse_open_cart()?;
        let rung = self.ring_codes(codes).and_then(|()| {
            self.add_tender(TenderKind::Cash, cash_minor, None)?;
            self.complete()
        });
        match rung {
            Ok(done) => {
                // It is recorded: at worst it is asked about at the next start.
                if let Err(error) = self.told(done.sale_id) {
                    tracing::warn!("{} is recorded, not told: {error}", done.number);
                }
                Ok(done)
            }
            Err(error) => {
                // The refusal is what matters, also where the disk takes no void any more.
                if let Err(left) = self.abandon_cart() {
                    tracing::warn!("the cart stays open: {left}");
                }
                Err(error)
            }
        }
    }

    /// What waits for the cloud and what needs a person, in cashier order.
    pub fn queue_list(&self, limit: u32) -> Result<QueueList, AppError> {
        let link = self.link_view();
        let (summary, waiting, needing) = self.vault.read(|reader| {
            let summary = outbox::summary(reader)?;
            Ok((
                summary,
                outbox::waiting(reader, limit)?,
                outbox::needing_person(reader, limit)?,
            ))
        })?;
        let entries = needing.into_iter().chain(waiting).map(|item| QueueEntry {
            seq: item.seq,
            op_id: item.op_id,
            state: crate::sync_worker::sync_state(
                item.outcome.is_some(),
                item.outcome,
                item.seq,
                &link,
            ),
            kind: item.kind,
            number: item.number,
            code: item.code,
            recorded_at_ms: item.recorded_at_ms,
        });
        Ok(QueueList {
            ops_waiting: summary.ops_waiting,
            needs_person: summary.needs_person(),
            entries: entries.collect(),
        })
    }

    fn ring_codes(&self, codes: &[String]) -> Result<(), AppError> {
        for code in codes {
            match self.scan(code.clone(), ScannedBy::Typed)? {
                ScanAnswer::Added { .. } => {}
                ScanAnswer::Unknown { code } => {
                    return Err(AppError::new(
                        Code::UnknownCode,
                        format!("{code} is unknown: nothing was sold"),
                    )
                    .field("code", code));
                }
                ScanAnswer::Choose { code, products } => {
                    let names: Vec<_> = products
                        .iter()
                        .map(|product| product.name.as_str())
                        .collect();
                    return Err(AppError::new(
                        Code::UnknownCode,
                        format!(
                            "{code} may be {}: sell it in the window, which asks; nothing was sold",
                            names.join(" or ")
                        ),
                    ));
                }
                ScanAnswer::NeedsPrice { product, .. } => {
                    return Err(AppError::new(
                        Code::AmountMalformed,
                        format!(
                            "{} has no price: sell it in the window, which asks; nothing was sold",
                            product.name
                        ),
                    ));
                }
                ScanAnswer::Refused { error } => return Err(error),
            }
        }
        Ok(())
    }

    /// An open cart belongs to the window: it is not mixed with another sale.
    pub(crate) fn refuse_open_cart(&self) -> Result<(), AppError> {
        if self.counter().cart.is_none() {
            return Ok(());
        }
        Err(AppError::new(
            Code::TenderedAlready,
            "a cart is open on this till: finish or void it in the window first",
        ))
    }

    /// Gives up what was begun here: tenders first, then the cart.
    pub(crate) fn abandon_cart(&self) -> Result<(), AppError> {
        let tenders: Vec<Uuid> = {
            let counter = self.counter();
            let open = counter.cart.iter().flat_map(|cart| &cart.tenders);
            open.map(|tender| tender.tender_id).collect()
        };
        for tender_id in tenders {
            self.change(domain::CartChange::RemoveTender { tender_id })?;
        }
        self.void_cart()?;
        Ok(())
    }

    /// Minor units of a typed amount.
    pub fn parse_amount(&self, text: String) -> Result<i64, AppError> {
        Ok(domain::parse_minor(&text, self.rules()?.currency)?)
    }

    /// Thousandths of a typed quantity.
    pub fn parse_quantity(&self, text: String) -> Result<i64, AppError> {
        Ok(domain::parse_milli(&text)?)
    }
}
