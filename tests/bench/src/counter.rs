//! Sales as a till makes them, for vaults that are filled and measured: three lines, paid in cash.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use domain::{Cart, CartChange, Currency, NewLine, Sale, SellingRules, Tender, TenderKind, Unit};
use protocol::ports::{Clock, Entropy, new_id};
use protocol::{Actor, TillIdentity};
use uuid::Uuid;
use vault::sales::Recording;
use vault::{OpenVault, VaultKey};

use crate::ports::{Os, Wall};

/// How many articles the sales are made of.
const ARTICLES: u64 = 5_000;

/// Rings up carts, one after the other.
pub(crate) struct Counter {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    rules: SellingRules,
    rung: u64,
}

impl Counter {
    /// A counter of a shop that sells in pounds.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            clock: Arc::new(Wall(Instant::now())),
            entropy: Arc::new(Os),
            rules: SellingRules::usual(Currency::from_code("GBP").context("a known currency")?),
            rung: 0,
        })
    }

    /// How the vault of such a till is opened.
    pub(crate) fn opening(&self, folder: &Path, key: [u8; 32]) -> OpenVault {
        let id = Uuid::from_u128(1);
        OpenVault {
            identity: Some(TillIdentity {
                tenant: id,
                branch: id,
                till: id,
                genesis_tenant: id,
                genesis_branch: id,
                public_key: [0; 32],
            }),
            ..OpenVault::new(
                folder,
                VaultKey::new(key),
                Arc::clone(&self.clock),
                Arc::clone(&self.entropy),
                "bench",
            )
        }
    }

    /// A cart of three lines, paid in cash.
    pub(crate) fn paid_cart(&mut self) -> Result<Cart> {
        let mut cart = Cart::open(
            self.id(),
            self.id(),
            self.clock.wall_ms(),
            Uuid::from_u128(9),
            "Ada".to_owned(),
        );
        for line in 0..3 {
            // A stride that shares no factor with the count visits the stock in no order a cache would like.
            let nth = (self.rung * 3 + line).wrapping_mul(3_571) % ARTICLES;
            cart.apply(CartChange::AddLine(article(nth)), &self.rules)?;
        }
        self.rung += 1;
        let tender = Tender {
            tender_id: self.id(),
            kind: TenderKind::Cash,
            amount_minor: cart.totals(&self.rules).gross_minor,
            reference: None,
        };
        cart.apply(CartChange::AddTender(tender), &self.rules)?;
        Ok(cart)
    }

    /// The finished sale of a cart and what goes around it when it is recorded.
    pub(crate) fn completed(&self, cart: &Cart, told: bool) -> Result<(Sale, Recording)> {
        let sale = domain::complete(cart, &self.rules, self.clock.wall_ms())?;
        let recording = Recording {
            op_id: cart.op_id,
            actor: Actor::till(),
            shift: None,
            business_date: "2026-11-20".to_owned(),
            number_prefix: "B-1".to_owned(),
            print: false,
            told,
        };
        Ok((sale, recording))
    }

    fn id(&self) -> Uuid {
        new_id(self.clock.as_ref(), self.entropy.as_ref())
    }
}

fn article(nth: u64) -> NewLine {
    NewLine {
        product_id: Uuid::from_u128(1_000 + u128::from(nth)),
        code: Some(format!("50{nth:011}")),
        name: format!("Article number {nth}"),
        unit: Unit::Piece,
        quantity_milli: 1_000,
        unit_price_minor: 199,
        list_price_minor: Some(199),
        price_reason: None,
        discount_bp: 0,
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
    }
}
