//! What happens on the day, act by act.

use std::sync::Arc;

use domain::{CartChange, MovementKind, RefundLineRequest, Sale};
use protocol::body::{
    AsOfV1, CartVoidedV1, CountedV1, MovementV1, PriceSetV1, ProductEditedV1, StockCountedV1,
    StockMovedV1,
};
use protocol::outcome::OutcomeCode;
use protocol::wire::{CloudHead, OpResult};
use protocol::{Actor, OpBody, OpDraft, Outcome, StoredOp};
use uuid::Uuid;
use vault::attempts::{Attempt, AttemptKind};
use vault::print_jobs::JobState;
use vault::sales::{RecordedSale, record_refund, record_sale};
use vault::{Tx, stock};
use vault::{VaultError, attempts, cart, operators, outbox, places, print_jobs, sales, settings};

use super::{Recorder, Reel, all_ops};
use crate::disk::SimDisk;
use crate::image::Image;
use crate::till::{Till, change, line, product, recording, rules};
use crate::view::View;

/// The disk's image at the till's first closing, and what it knew.
pub(super) type Backup = (Image, Arc<View>);

/// The usual day.
pub(super) fn usual_day() -> Result<(Reel, Backup), VaultError> {
    let nothing = (Image::default(), Arc::new(View::default()));
    let mut day = Recorder::new("the usual day", 1, &nothing.0, &nothing.1);
    day.open("first start")?;
    set_up(&mut day)?;
    let first = whole_sale(&mut day)?;
    printed(&mut day, &first)?;
    let second = sell(&mut day, "a sale of three lines", 3)?;
    given_up(&mut day)?;
    sell(&mut day, "a sale of one line", 1)?;
    refund(&mut day, &second.1)?;
    day.close("the program ends at noon");
    let backup = (day.disk.image(), day.last());
    day.open("second start")?;
    stock_acts(&mut day)?;
    pushed(&mut day)?;
    day.chores()?;
    sell(&mut day, "a sale after the log went in", 2)?;
    sell(&mut day, "a sale of two lines", 2)?;
    told(&mut day, &first)?;
    Ok((day.end(), backup))
}

/// A start on what is left of the day, and two sales more.
pub(super) fn goes_on(
    name: &'static str,
    run: u64,
    start: &Image,
    known: &Arc<View>,
) -> Result<Reel, VaultError> {
    let mut day = Recorder::new(name, run, start, known);
    day.open("a start that mends")?;
    sell(&mut day, "the next sale", 2)?;
    day.close("the program ends");
    day.open("the start after it")?;
    sell(&mut day, "the sale after it", 1)?;
    Ok(day.end())
}

/// What happened after the backup was made.
pub(super) fn tail_of(usual: &Reel, backup: &Backup) -> Result<Vec<StoredOp>, VaultError> {
    let disk = SimDisk::of(&usual.end);
    let (vault, _) = Till::new(90).open(&disk)?;
    let known = usual.steps.last().map(|step| Arc::clone(&step.after));
    let mut ops = vault.read(|on| all_ops(on, &known.unwrap_or_default()))?;
    ops.retain(|op| op.seq > backup.1.last_seq);
    Ok(ops)
}

/// A backup was put back; the cloud gives the tail again, in two pages.
pub(super) fn tail_comes_back(
    start: &Image,
    known: &Arc<View>,
    tail: &[StoredOp],
) -> Result<Reel, VaultError> {
    let mut day = Recorder::new("a backup was put back", 5, start, known);
    day.open("start of the backup")?;
    sell(&mut day, "a sale before the tail is back", 1)?;
    let half = tail.len() / 2;
    let (first, rest) = (tail[..half].to_vec(), tail[half..].to_vec());
    day.act("the first page of the tail", None, move |tx| {
        places::recover(tx, &first)
    })?;
    day.act("the rest of the tail", None, move |tx| {
        places::recover(tx, &rest)
    })?;
    sell(&mut day, "a sale on top of it", 2)?;
    Ok(day.end())
}

fn set_up(day: &mut Recorder) -> Result<(), VaultError> {
    let person = operators::Operator {
        operator_id: Uuid::from_u128(9),
        name: "Ada".into(),
        role: domain::Role::Manager,
        pin_hash: "$argon2id$x".into(),
        active: true,
        from_cloud: false,
    };
    day.act("a person and the prefix are set up", None, move |tx| {
        operators::put(tx, &person)?;
        settings::put(tx, "number_prefix", &"LDN-1")
    })?;
    day.act("a wrong PIN at signing in", None, |tx| {
        let tried = domain::PinAttempts {
            failures: 1,
            ..domain::PinAttempts::default()
        };
        operators::set_attempts(tx, Uuid::from_u128(9), &tried)
    })
}

/// A cart row by row, then paid.
fn whole_sale(day: &mut Recorder) -> Result<(RecordedSale, Sale), VaultError> {
    let mut open = day.till.empty_cart();
    change(&mut open, CartChange::AddLine(line(1)));
    let row = open.clone();
    day.act("a cart is opened", None, move |tx| cart::insert(tx, &row))?;
    let gross = 2 * open.totals(&rules()).gross_minor + 500;
    let cash = day.till.cash(gross);
    let changes = [
        ("a second line", CartChange::AddLine(line(2))),
        ("money is handed over", CartChange::AddTender(cash)),
    ];
    for (name, one) in changes {
        let touched = change(&mut open, one);
        let row = open.clone();
        day.act(name, None, move |tx| cart::touch(tx, &row, touched))?;
    }
    pay(day, "the cart is paid", &open)
}

fn sell(
    day: &mut Recorder,
    name: &'static str,
    lines: u32,
) -> Result<(RecordedSale, Sale), VaultError> {
    let cart = day.till.cart(lines);
    pay(day, name, &cart)
}

fn pay(
    day: &mut Recorder,
    name: &'static str,
    cart: &domain::Cart,
) -> Result<(RecordedSale, Sale), VaultError> {
    let sale = domain::complete(cart, &rules(), day.till.now()).expect("the cart is paid");
    let around = recording(cart.op_id, true);
    let paying = Some((sale.clone(), around.clone()));
    let paid = sale.clone();
    let recorded = day.act(name, paying, move |tx| record_sale(tx, &paid, &around))?;
    Ok((recorded, sale))
}

fn printed(day: &mut Recorder, sold: &(RecordedSale, Sale)) -> Result<(), VaultError> {
    let Some(job) = sold.0.print_job else {
        return Ok(());
    };
    day.act("the receipt goes to the printer", None, move |tx| {
        print_jobs::set_state(tx, job, JobState::Printing, None)
    })?;
    day.act("the receipt is printed", None, move |tx| {
        print_jobs::printed(tx, job)
    })
}

fn told(day: &mut Recorder, sold: &(RecordedSale, Sale)) -> Result<(), VaultError> {
    let sale_id = sold.0.sale_id;
    day.act("the cashier has seen it", None, move |tx| {
        sales::told(tx, sale_id)
    })
}

/// A cart with an article in it is given up, as the till's facade does it.
fn given_up(day: &mut Recorder) -> Result<(), VaultError> {
    let mut open = day.till.empty_cart();
    change(&mut open, CartChange::AddLine(line(3)));
    let row = open.clone();
    day.act("another cart", None, move |tx| cart::insert(tx, &row))?;
    let body = OpBody::CartVoidedV1(CartVoidedV1 {
        sale_id: open.sale_id,
        operator_id: open.operator_id,
        lines: 1,
        gross_minor: open.totals(&rules()).gross_minor,
        voided_at_ms: day.till.now(),
    });
    day.act("the cart is given up", None, move |tx| {
        record(tx, open.op_id, body)?;
        cart::clear(tx, open.sale_id)
    })
}

fn refund(day: &mut Recorder, sale: &Sale) -> Result<(), VaultError> {
    let back = [RefundLineRequest {
        line_no: 1,
        quantity_milli: 1_000,
        back_to_stock: true,
    }];
    let lines = domain::plan_refund(sale, &[], &back).expect("one line goes back");
    let gross = domain::refund_totals(&lines).gross_minor;
    let draft = domain::RefundDraft {
        refund_id: day.till.id(),
        of_sale: Some(sale.sale_id),
        operator_id: sale.operator_id,
        operator_name: "Ada".into(),
        approved_by: sale.operator_id,
        approved_by_name: "Ada".into(),
        reason: "torn".into(),
        completed_at_ms: day.till.now(),
        reference: None,
        price_mode: sale.price_mode,
        lines,
        tenders: vec![day.till.cash(gross)],
    };
    let refund = domain::complete_refund(draft, &rules()).expect("the refund is in order");
    let around = recording(day.till.id(), true);
    day.act("a refund", None, move |tx| {
        record_refund(tx, &refund, &around)
    })?;
    Ok(())
}

fn stock_acts(day: &mut Recorder) -> Result<(), VaultError> {
    let moved = StockMovedV1 {
        movement_id: day.till.id(),
        reference: Some("delivery 7".into()),
        movements: vec![MovementV1 {
            product_id: product(1),
            kind: MovementKind::Restock,
            delta_milli: 24_000,
            reason: None,
        }],
    };
    let around = recording(day.till.id(), false);
    day.act("goods arrive", None, move |tx| {
        stock::record_movements(tx, moved, &around)
    })?;
    let count = OpBody::StockCountedV1(StockCountedV1 {
        count_id: day.till.id(),
        lines: vec![CountedV1 {
            product_id: product(2),
            counted_milli: 5_000,
            shown_milli: -2_000,
        }],
        as_of: AsOfV1::default(),
        reason: None,
    });
    let named = OpBody::ProductEditedV1(ProductEditedV1 {
        product_id: product(3),
        created: false,
        code: None,
        name: "Article 3, the better one".into(),
        unit: domain::Unit::Piece,
        price_minor: Some(250),
        tax_class: "standard".into(),
        tax_rate_bp: 2_000,
        category: None,
        barcodes: Vec::new(),
    });
    let price = OpBody::PriceSetV1(PriceSetV1 {
        product_id: product(3),
        price_minor: Some(250),
    });
    let op_id = day.till.id();
    day.act("a count", None, move |tx| record(tx, op_id, count))?;
    let (one, other) = (day.till.id(), day.till.id());
    day.act("a price and a name are set at once", None, move |tx| {
        record(tx, one, price)?;
        record(tx, other, named)
    })
}

/// A push is answered: the attempt, the cloud's heads, a conflict on one op, settled later.
fn pushed(day: &mut Recorder) -> Result<(), VaultError> {
    let known = day.last();
    let Some(last) = known.facts.last().cloned() else {
        return Ok(());
    };
    let now = day.till.now();
    day.act("an attempt to push", None, move |tx| {
        attempts::add(
            tx,
            &Attempt {
                what: AttemptKind::Push,
                range: Some((last.segment, last.seq, last.seq)),
                started_at_ms: now,
                ended_at_ms: now + 5,
                answered: true,
                words: "recorded".into(),
            },
        )
    })?;
    let heads = day.read(|on| outbox::own_heads(on, 100))?;
    let heads: Vec<CloudHead> = heads
        .iter()
        .map(|head| CloudHead {
            segment: head.segment,
            seq: head.seq,
            chain: head.chain,
            secured: 0,
        })
        .collect();
    day.act("the cloud's heads", None, move |tx| {
        outbox::store_heads(tx, &heads)
    })?;
    let verdict = OpResult {
        seq: last.seq,
        op_id: last.op_id,
        outcome: Outcome::Conflict,
        code: Some(OutcomeCode::EditConflict),
        conflict: Some(Uuid::from_u128(77)),
    };
    let segment = last.segment;
    day.act("a conflict", None, move |tx| {
        outbox::store_outcomes(tx, segment, &[verdict])
    })?;
    let op_id = last.op_id;
    day.act("the conflict is settled", None, move |tx| {
        outbox::settle_op(tx, op_id)
    })
}

fn record(tx: &mut Tx<'_>, op_id: Uuid, body: OpBody) -> Result<(), VaultError> {
    tx.append_op(|_| OpDraft {
        op_id,
        actor: Actor::till(),
        shift: None,
        business_date: "2026-11-20".into(),
        after: Vec::new(),
        base: Vec::new(),
        body,
    })
    .map(drop)
}
