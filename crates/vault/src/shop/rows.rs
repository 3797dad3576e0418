//! How one article becomes rows: product, barcodes, words.
//!
//! Promises: a product's rows change together and its words follow its name; the caller's transaction is
//! the only one. Never opens a transaction, never judges where an article came from.

use std::collections::BTreeMap;

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

/// The version of each group of fields, as the cloud tells it.
pub(super) type Versions = BTreeMap<String, u64>;

/// Where an article comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// A person or an op of this till: what the cloud said of versions stays.
    Till,
    /// The import of this number: as above.
    Import(i64),
    /// The cloud: its version and its groups' versions count.
    Cloud(&'a Versions),
}

impl Origin<'_> {
    const fn import_no(&self) -> Option<i64> {
        match self {
            Self::Import(number) => Some(*number),
            Self::Till | Self::Cloud(_) => None,
        }
    }

    /// A group's version to be written; none: what stands stays.
    fn version(&self, group: &str, row_version: i64) -> Option<i64> {
        match self {
            Self::Till | Self::Import(_) => None,
            Self::Cloud(versions) => {
                let told = versions.get(group).copied().map(crate::reads::int);
                Some(told.unwrap_or(row_version))
            }
        }
    }
}

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
pub(super) struct Standing {
    pub(super) product_no: i64,
    pub(super) row_version: i64,
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

/// Writes a product and its barcodes.
pub(super) fn write(
    connection: &Connection,
    product: &Product,
    barcodes: &[String],
    origin: Origin<'_>,
) -> rusqlite::Result<Wrote> {
    let standing = standing(connection, product.product_id)?;
    write_over(connection, standing, product, barcodes, origin).map(|(wrote, _)| wrote)
}

/// As [`write`] over what is known to stand; answers the product's number too.
pub(super) fn write_over(
    connection: &Connection,
    standing: Option<Standing>,
    product: &Product,
    barcodes: &[String],
    origin: Origin<'_>,
) -> rusqlite::Result<(Wrote, i64)> {
    let import_no = origin.import_no();
    let category_no = category_no(connection, product.category.as_deref())?;
    let (product_no, wrote) = match &standing {
        None => (
            insert(connection, product, category_no, origin)?,
            Wrote::New,
        ),
        Some(old) => {
            update(connection, old.product_no, product, category_no, origin)?;
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
    Ok((wrote, product_no))
}

/// Removes a product with its barcodes and words.
pub(super) fn remove(connection: &Connection, product_no: i64) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM barcode WHERE product_no = ?1",
        "DELETE FROM product_words WHERE rowid = ?1",
        "DELETE FROM product WHERE product_no = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([product_no])?;
    }
    Ok(())
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

/// The row that stands for a product, if one does.
pub(super) fn standing(
    connection: &Connection,
    product_id: Uuid,
) -> rusqlite::Result<Option<Standing>> {
    connection
        .prepare_cached(
            "SELECT product_no, name, category_no, import_no, row_version FROM product WHERE product_id = ?1",
        )?
        .query_row([product_id.as_bytes()], |row| {
            Ok(Standing {
                product_no: row.get(0)?,
                name: row.get(1)?,
                category_no: row.get(2)?,
                import_no: row.get(3)?,
                row_version: row.get(4)?,
            })
        })
        .optional()
}

fn insert(
    connection: &Connection,
    product: &Product,
    category_no: Option<i64>,
    origin: Origin<'_>,
) -> rusqlite::Result<i64> {
    let version = |group: &str| origin.version(group, product.row_version);
    connection
        .prepare_cached(
            "INSERT INTO product (product_id, code, name, unit, price_minor, tax_class, category_no, import_no, \
             row_version, price_version, tax_version, names_version, barcodes_version) \
             VALUES (:product_id, :code, :name, :unit, :price_minor, :tax_class, :category_no, :import_no, \
             :row_version, :price_version, :tax_version, :names_version, :barcodes_version)",
        )?
        .insert(named_params! {
            ":product_id": product.product_id.as_bytes(), ":code": product.code, ":name": product.name,
            ":unit": product.unit.as_str(), ":price_minor": product.price_minor, ":tax_class": product.tax_class,
            ":category_no": category_no, ":import_no": origin.import_no(), ":row_version": product.row_version,
            ":price_version": version("price"), ":tax_version": version("tax"),
            ":names_version": version("names"), ":barcodes_version": version("barcodes"),
        })
}

/// What is changed here keeps the cloud's version: it is still the cloud's row, with a change on top.
fn update(
    connection: &Connection,
    product_no: i64,
    product: &Product,
    category_no: Option<i64>,
    origin: Origin<'_>,
) -> rusqlite::Result<()> {
    let version = |group: &str| origin.version(group, product.row_version);
    let from_cloud = matches!(origin, Origin::Cloud(_));
    connection
        .prepare_cached(
            "UPDATE product SET code = :code, name = :name, unit = :unit, price_minor = :price_minor, \
             tax_class = :tax_class, category_no = :category_no, import_no = :import_no, \
             row_version = iif(:from_cloud, :row_version, max(row_version, :row_version)), \
             price_version = coalesce(:price_version, price_version), \
             tax_version = coalesce(:tax_version, tax_version), \
             names_version = coalesce(:names_version, names_version), \
             barcodes_version = coalesce(:barcodes_version, barcodes_version) \
             WHERE product_no = :product_no",
        )?
        .execute(named_params! {
            ":product_no": product_no, ":code": product.code, ":name": product.name,
            ":unit": product.unit.as_str(), ":price_minor": product.price_minor, ":tax_class": product.tax_class,
            ":category_no": category_no, ":import_no": origin.import_no(), ":row_version": product.row_version,
            ":from_cloud": from_cloud,
            ":price_version": version("price"), ":tax_version": version("tax"),
            ":names_version": version("names"), ":barcodes_version": version("barcodes"),
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
