//! How one article becomes rows: product, barcodes, words.
//!
//! Promises: a product's rows change together and its words follow its name; the caller's transaction is
//! the only one. Never opens a transaction, never judges where an article came from.

use domain::{Product, normal_key};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use super::words::folded;

/// The columns that `product_of` reads, with their joins; callers add the WHERE.
pub(super) const SELECT_PRODUCT: &str = "SELECT p.product_id, p.code, p.name, p.unit, p.price_minor, p.tax_class, \
     t.rate_bp AS tax_rate_bp, c.name AS category, p.row_version, p.product_no \
     FROM product AS p JOIN tax_class AS t ON t.code = p.tax_class \
     LEFT JOIN category AS c ON c.category_no = p.category_no";

/// What happens to barcodes that the product already has and the article does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OldBarcodes {
    Dropped,
    Kept,
}

/// What a write did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrote {
    New,
    Updated,
}

/// The row that already stands for a product.
struct Standing {
    product_no: i64,
    name: String,
    category_no: Option<i64>,
    import_no: Option<i64>,
}

/// Reads a row of `SELECT_PRODUCT`.
pub(super) fn product_of(row: &Row<'_>) -> rusqlite::Result<Product> {
    let id: [u8; 16] = row.get("product_id")?;
    let unit: String = row.get("unit")?;
    Ok(Product {
        product_id: Uuid::from_bytes(id),
        code: row.get("code")?,
        name: row.get("name")?,
        unit: unit.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(error))
        })?,
        price_minor: row.get("price_minor")?,
        tax_class: row.get("tax_class")?,
        tax_rate_bp: row.get("tax_rate_bp")?,
        category: row.get("category")?,
        row_version: row.get("row_version")?,
    })
}

/// Writes a product and its barcodes; `import_no` is the import it came with.
pub(super) fn write(
    connection: &Connection,
    product: &Product,
    barcodes: &[String],
    import_no: Option<i64>,
) -> rusqlite::Result<Wrote> {
    let category_no = category_no(connection, product.category.as_deref())?;
    let standing = standing(connection, product.product_id)?;
    let (product_no, wrote) = match &standing {
        None => (
            insert(connection, product, category_no, import_no)?,
            Wrote::New,
        ),
        Some(old) => {
            update(connection, old.product_no, product, category_no, import_no)?;
            (old.product_no, Wrote::Updated)
        }
    };
    // Two rows of one file that are the same product add up; a later file says it all anew.
    let old_barcodes = match &standing {
        Some(old) if import_no.is_some() && old.import_no == import_no => OldBarcodes::Kept,
        _ => OldBarcodes::Dropped,
    };
    write_barcodes(connection, product_no, barcodes, wrote, old_barcodes)?;
    if standing.is_none_or(|old| old.name != product.name || old.category_no != category_no) {
        write_words(connection, product_no, product, wrote)?;
    }
    Ok(wrote)
}

/// The name of another product that this import has already written under the same own code.
pub(super) fn other_name_of_code(
    connection: &Connection,
    code: &str,
    name: &str,
    import_no: i64,
) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached(
            "SELECT name FROM product WHERE code = :code COLLATE NOCASE AND code = :code \
             AND import_no = :import_no AND name <> :name LIMIT 1",
        )?
        .query_row(
            named_params! { ":code": code, ":import_no": import_no, ":name": name },
            |row| row.get(0),
        )
        .optional()
}

fn standing(connection: &Connection, product_id: Uuid) -> rusqlite::Result<Option<Standing>> {
    connection
        .prepare_cached(
            "SELECT product_no, name, category_no, import_no FROM product WHERE product_id = ?1",
        )?
        .query_row([product_id.as_bytes()], |row| {
            Ok(Standing {
                product_no: row.get(0)?,
                name: row.get(1)?,
                category_no: row.get(2)?,
                import_no: row.get(3)?,
            })
        })
        .optional()
}

fn insert(
    connection: &Connection,
    product: &Product,
    category_no: Option<i64>,
    import_no: Option<i64>,
) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO product (product_id, code, name, unit, price_minor, tax_class, category_no, import_no, row_version) \
             VALUES (:product_id, :code, :name, :unit, :price_minor, :tax_class, :category_no, :import_no, :row_version)",
        )?
        .insert(named_params! {
            ":product_id": product.product_id.as_bytes(), ":code": product.code, ":name": product.name,
            ":unit": product.unit.as_str(), ":price_minor": product.price_minor, ":tax_class": product.tax_class,
            ":category_no": category_no, ":import_no": import_no, ":row_version": product.row_version,
        })
}

fn update(
    connection: &Connection,
    product_no: i64,
    product: &Product,
    category_no: Option<i64>,
    import_no: Option<i64>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE product SET code = :code, name = :name, unit = :unit, price_minor = :price_minor, \
             tax_class = :tax_class, category_no = :category_no, import_no = :import_no, row_version = :row_version \
             WHERE product_no = :product_no",
        )?
        .execute(named_params! {
            ":product_no": product_no, ":code": product.code, ":name": product.name,
            ":unit": product.unit.as_str(), ":price_minor": product.price_minor, ":tax_class": product.tax_class,
            ":category_no": category_no, ":import_no": import_no, ":row_version": product.row_version,
        })?;
    Ok(())
}

fn write_barcodes(
    connection: &Connection,
    product_no: i64,
    barcodes: &[String],
    wrote: Wrote,
    old: OldBarcodes,
) -> rusqlite::Result<()> {
    if wrote == Wrote::Updated && old == OldBarcodes::Dropped {
        connection
            .prepare_cached("DELETE FROM barcode WHERE product_no = ?1")?
            .execute([product_no])?;
    }
    let mut insert = connection.prepare_cached(
        "INSERT INTO barcode (key, product_no) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for barcode in barcodes {
        insert.execute((normal_key(barcode), product_no))?;
    }
    Ok(())
}

fn write_words(
    connection: &Connection,
    product_no: i64,
    product: &Product,
    wrote: Wrote,
) -> rusqlite::Result<()> {
    if wrote == Wrote::Updated {
        connection
            .prepare_cached("DELETE FROM product_words WHERE rowid = ?1")?
            .execute([product_no])?;
    }
    let category = product.category.as_deref().map(folded);
    connection
        .prepare_cached("INSERT INTO product_words (rowid, name, category) VALUES (?1, ?2, ?3)")?
        .execute((product_no, folded(&product.name), category))?;
    Ok(())
}

/// The category's number, made if it is new.
fn category_no(connection: &Connection, name: Option<&str>) -> rusqlite::Result<Option<i64>> {
    let Some(name) = name else { return Ok(None) };
    let known = connection
        .prepare_cached("SELECT category_no FROM category WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match known {
        Some(number) => Ok(Some(number)),
        None => connection
            .prepare_cached("INSERT INTO category (name, row_version) VALUES (?1, 0)")?
            .insert([name])
            .map(Some),
    }
}
