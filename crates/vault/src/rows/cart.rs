//! The open cart: on disk before the next scan.
//!
//! Each change writes the one row it touched, so that the 1,114th line costs what the first did.
//! The cart's `sale_id` and `op_id` are made with it and stored here: paying the same cart again is
//! the same op. Recording the sale deletes it, in the same transaction.

use domain::{Cart, CartLine, CartTouched, PriceReason, Tender};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use crate::error::VaultError;
use crate::reads::{Reads, blob, sealed::Db, unreadable, uuid, word};
use crate::tx::Tx;

/// The open cart, if there is one.
pub fn load(on: &impl Reads) -> Result<Option<Cart>, VaultError> {
    load_from(on.db())
}

pub(crate) fn load_from(db: &Connection) -> Result<Option<Cart>, VaultError> {
    let head = db
        .prepare_cached("SELECT * FROM cart ORDER BY opened_at_ms DESC, sale_id DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(Cart {
                sale_id: uuid(row, "sale_id")?,
                op_id: uuid(row, "op_id")?,
                opened_at_ms: row.get("opened_at_ms")?,
                operator_id: uuid(row, "operator_id")?,
                operator_name: row.get("operator_name")?,
                reference: row.get("reference")?,
                lines: Vec::new(),
                tenders: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut cart) = head else {
        return Ok(None);
    };
    cart.lines = db
        .prepare_cached("SELECT * FROM cart_line WHERE sale_id = :sale_id ORDER BY line_no")?
        .query_map(named_params! { ":sale_id": blob(&cart.sale_id) }, read_line)?
        .collect::<Result<_, _>>()?;
    cart.tenders = db
        .prepare_cached("SELECT * FROM cart_tender WHERE sale_id = :sale_id ORDER BY tender_no")?
        .query_map(
            named_params! { ":sale_id": blob(&cart.sale_id) },
            read_tender,
        )?
        .collect::<Result<_, _>>()?;
    Ok(Some(cart))
}

fn read_line(row: &Row<'_>) -> rusqlite::Result<CartLine> {
    let reason: Option<String> = row.get("price_reason")?;
    let price_reason = reason
        .map(|json| {
            serde_json::from_str::<PriceReason>(&json)
                .map_err(|_| unreadable("price_reason", &json))
        })
        .transpose()?;
    Ok(CartLine {
        line_no: row.get("line_no")?,
        product_id: uuid(row, "product_id")?,
        code: row.get("code")?,
        name: row.get("name")?,
        unit: word(row, "unit")?,
        quantity_milli: row.get("quantity_milli")?,
        unit_price_minor: row.get("unit_price_minor")?,
        list_price_minor: row.get("list_price_minor")?,
        price_reason,
        discount_bp: row.get("discount_bp")?,
        tax_class: row.get("tax_class")?,
        tax_rate_bp: row.get("tax_rate_bp")?,
        voided: row.get("voided")?,
    })
}

fn read_tender(row: &Row<'_>) -> rusqlite::Result<Tender> {
    Ok(Tender {
        tender_id: uuid(row, "tender_id")?,
        kind: word(row, "kind")?,
        amount_minor: row.get("amount_minor")?,
        reference: row.get("reference")?,
    })
}

/// Stores a new cart with whatever is in it.
///
/// # Errors
/// [`VaultError::DiskFull`] when the disk might not hold its sale: refused now, not at the tender.
/// [`VaultError::Exists`] when a cart is open already.
pub fn insert(tx: &Tx<'_>, cart: &Cart) -> Result<(), VaultError> {
    tx.room().for_new_cart()?;
    let open: Option<i64> = tx
        .db()
        .prepare_cached("SELECT 1 FROM cart LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    if open.is_some() {
        return Err(VaultError::Exists {
            what: "an open cart: complete or void it first".into(),
        });
    }
    insert_into(tx.db(), cart)
}

pub(crate) fn insert_into(db: &Connection, cart: &Cart) -> Result<(), VaultError> {
    db.prepare_cached(
        "INSERT INTO cart (sale_id, op_id, opened_at_ms, operator_id, operator_name, reference)
         VALUES (:sale_id, :op_id, :opened_at_ms, :operator_id, :operator_name, :reference)",
    )?
    .execute(named_params! {
        ":sale_id": blob(&cart.sale_id),
        ":op_id": blob(&cart.op_id),
        ":opened_at_ms": cart.opened_at_ms,
        ":operator_id": blob(&cart.operator_id),
        ":operator_name": cart.operator_name,
        ":reference": cart.reference,
    })?;
    for line in &cart.lines {
        put_line(db, cart.sale_id, line)?;
    }
    for tender in &cart.tenders {
        add_tender(db, cart.sale_id, tender)?;
    }
    Ok(())
}

/// Writes the one row that a change of the cart touched.
pub fn touch(tx: &Tx<'_>, cart: &Cart, touched: CartTouched) -> Result<(), VaultError> {
    match touched {
        CartTouched::Line(line_no) => {
            let line = cart.lines.iter().rev().find(|line| line.line_no == line_no);
            put_line(
                tx.db(),
                cart.sale_id,
                line.ok_or_else(|| missing("line", &line_no))?,
            )
        }
        CartTouched::Tender(id) => {
            let tender = cart.tenders.iter().find(|tender| tender.tender_id == id);
            add_tender(
                tx.db(),
                cart.sale_id,
                tender.ok_or_else(|| missing("tender", &id))?,
            )
        }
        CartTouched::TenderRemoved(id) => {
            tx.db()
                .prepare_cached(
                    "DELETE FROM cart_tender WHERE sale_id = :sale_id AND tender_id = :tender_id",
                )?
                .execute(named_params! {
                    ":sale_id": blob(&cart.sale_id), ":tender_id": blob(&id),
                })?;
            Ok(())
        }
    }
}

fn missing(what: &'static str, id: &dyn std::fmt::Display) -> VaultError {
    VaultError::Missing {
        what,
        id: id.to_string(),
    }
}

fn put_line(db: &Connection, sale_id: Uuid, line: &CartLine) -> Result<(), VaultError> {
    let reason = line
        .price_reason
        .map(|reason| serde_json::to_string(&reason))
        .transpose()
        .map_err(|error| VaultError::Unreadable {
            what: "price_reason".into(),
            why: error.to_string(),
        })?;
    db.prepare_cached(include_str!("../sql/cart_line_put.sql"))?
        .execute(named_params! {
            ":sale_id": blob(&sale_id),
            ":line_no": line.line_no,
            ":product_id": blob(&line.product_id),
            ":code": line.code,
            ":name": line.name,
            ":unit": line.unit.as_str(),
            ":quantity_milli": line.quantity_milli,
            ":unit_price_minor": line.unit_price_minor,
            ":list_price_minor": line.list_price_minor,
            ":price_reason": reason,
            ":discount_bp": line.discount_bp,
            ":tax_class": line.tax_class,
            ":tax_rate_bp": line.tax_rate_bp,
            ":voided": line.voided,
        })?;
    Ok(())
}

fn add_tender(db: &Connection, sale_id: Uuid, tender: &Tender) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("../sql/cart_tender_add.sql"))?
        .execute(named_params! {
            ":sale_id": blob(&sale_id),
            ":tender_id": blob(&tender.tender_id),
            ":kind": tender.kind.as_str(),
            ":amount_minor": tender.amount_minor,
            ":reference": tender.reference,
        })?;
    Ok(())
}

/// Removes a cart (given up before payment; its op says so) or does nothing if it is gone.
pub fn clear(tx: &Tx<'_>, sale_id: Uuid) -> Result<(), VaultError> {
    clear_in(tx.db(), sale_id)
}

pub(crate) fn clear_in(db: &Connection, sale_id: Uuid) -> Result<(), VaultError> {
    // Lines and tenders go with it (ON DELETE CASCADE).
    db.prepare_cached("DELETE FROM cart WHERE sale_id = :sale_id")?
        .execute(named_params! { ":sale_id": blob(&sale_id) })?;
    Ok(())
}
