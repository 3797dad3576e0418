//! Publishing the catalogue: tax classes, products with prices and barcodes, in-store rules, tombstones.
//!
//! Promises: a product never stands without its tax class; a row made here stays until the cloud has one for it;
//! after a new beginning the cloud's rows that it did not bring again are gone. A product that was changed here
//! and that the cloud has not judged yet shows the change.

use domain::{InStoreRule, TaxClass};
use protocol::pull::{InStoreRuleRow, ProductRow, PullRow, RowRead, TaxClassRow};
use rusqlite::Connection;
use uuid::Uuid;

use super::super::error::ShopError;
use super::super::put::{self, Change};
use super::super::{before, rows};
use super::apply::{self, refused};
use super::publish::Published;
use crate::reads::int;

/// One publish of the catalogue while it is done.
pub(super) struct Work<'a> {
    connection: &'a Connection,
    sweep: bool,
    judged: i64,
    done: Published,
}

impl<'a> Work<'a> {
    /// Begins; with `sweep` what is not taken until the end is removed.
    pub fn begin(connection: &'a Connection, sweep: bool, judged: i64) -> Result<Self, ShopError> {
        if sweep {
            connection.execute_batch(
                "CREATE TEMP TABLE IF NOT EXISTS brought (kind TEXT NOT NULL, id TEXT NOT NULL, \
                 PRIMARY KEY (kind, id)) WITHOUT ROWID; \
                 CREATE TEMP TABLE IF NOT EXISTS brought_product (product_no INTEGER PRIMARY KEY); \
                 DELETE FROM temp.brought; DELETE FROM temp.brought_product;",
            )?;
        }
        Ok(Self {
            connection,
            sweep,
            judged,
            done: Published::default(),
        })
    }

    /// Takes one row.
    pub fn take(&mut self, row: &PullRow) -> Result<(), ShopError> {
        let mut done = self.done;
        let taken = apply::one(self.connection, row, &mut done, |so_far| {
            self.take_read(row)?;
            *so_far = self.done;
            Ok(())
        });
        self.done = done;
        taken
    }

    fn take_read(&mut self, row: &PullRow) -> Result<(), ShopError> {
        match row.read() {
            Ok(RowRead::TaxClass(class)) => self.tax_class(row, &class),
            Ok(RowRead::Product(product)) => self.product(row, &product),
            Ok(RowRead::InStoreRule(rule)) => self.rule(row, &rule),
            Ok(RowRead::Gone) if cfg!(mutant = "tombstones_ignored") => Ok(()),
            Ok(RowRead::Gone) => self.gone(row),
            // Of another scope, or of a time to come.
            Ok(
                RowRead::Operator(_)
                | RowRead::Setting(_)
                | RowRead::Stock(_)
                | RowRead::Conflict(_)
                | RowRead::Unknown,
            ) => Ok(()),
            Err(error) => {
                refused(&mut self.done, row, &error);
                Ok(())
            }
        }
    }

    /// Puts back what the cloud did not take, sweeps, and tells what was done.
    pub fn end(mut self) -> Result<Published, ShopError> {
        for (row_version, row) in before::judged(self.connection, self.judged)? {
            // Gone meanwhile: there is nothing to put back.
            if rows::standing(self.connection, row.product_id)?.is_some() {
                self.write(u64::try_from(row_version).unwrap_or(0), &row)?;
            }
            before::forget(self.connection, row.product_id)?;
        }
        if self.sweep {
            self.sweep_products()?;
            self.sweep_others()?;
        }
        Ok(self.done)
    }

    fn tax_class(&mut self, row: &PullRow, class: &TaxClassRow) -> Result<(), ShopError> {
        let class = TaxClass {
            code: class.code.clone(),
            name: class.name.clone(),
            rate_bp: class.rate_bp,
        };
        if let Err(why) = put::check(&Change::TaxClass(class.clone())) {
            refused(&mut self.done, row, &why);
            return Ok(());
        }
        self.connection
            .prepare_cached(
                "INSERT INTO tax_class (code, name, rate_bp, row_version) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (code) DO UPDATE SET name = excluded.name, rate_bp = excluded.rate_bp, \
                 row_version = excluded.row_version",
            )?
            .execute((&class.code, &class.name, class.rate_bp, int(row.rv)))?;
        self.brought("tax_class", &class.code)
    }

    fn product(&mut self, row: &PullRow, product: &ProductRow) -> Result<(), ShopError> {
        let as_held = before::product_of_row(product, row.rv);
        let change = Change::Product(Box::new(as_held), product.barcodes.clone());
        if let Err(why) = put::check(&change) {
            refused(&mut self.done, row, &why);
            return Ok(());
        }
        if before::is_unjudged(self.connection, product.product_id, self.judged)? {
            before::replace(self.connection, int(row.rv), product)?;
            if let Some(standing) = rows::standing(self.connection, product.product_id)? {
                return self.brought_product(standing.product_no);
            }
        }
        before::forget(self.connection, product.product_id)?;
        self.write(row.rv, product)
    }

    fn write(&mut self, row_version: u64, product: &ProductRow) -> Result<(), ShopError> {
        if !put::knows_tax_class(self.connection, &product.tax_class)? {
            self.connection
                .prepare_cached(
                    "INSERT INTO tax_class (code, name, rate_bp, row_version) VALUES (?1, ?1, ?2, 0)",
                )?
                .execute((&product.tax_class, product.tax_rate_bp))?;
        }
        let as_held = before::product_of_row(product, row_version);
        let standing = rows::standing(self.connection, product.product_id)?;
        let origin = rows::Origin::Cloud(&product.versions);
        let (_, product_no) = rows::write_over(
            self.connection,
            standing,
            &as_held,
            &product.barcodes,
            origin,
        )?;
        self.brought_product(product_no)
    }

    fn rule(&mut self, row: &PullRow, rule: &InStoreRuleRow) -> Result<(), ShopError> {
        let read: Result<InStoreRule, _> = serde_json::from_value(rule.rule.clone());
        let usable = match read {
            Ok(read) => put::check(&Change::Rules(vec![read])).map_err(|why| why.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = usable {
            refused(&mut self.done, row, &why);
            return Ok(());
        }
        self.connection
            .prepare_cached(
                "INSERT INTO in_store_rule (position, rule, row_version) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (position) DO UPDATE SET rule = excluded.rule, row_version = excluded.row_version",
            )?
            .execute((rule.position, rule.rule.to_string(), int(row.rv)))?;
        self.brought("in_store_rule", &rule.position.to_string())
    }

    /// A tombstone. What a sale holds is the sale's own copy: it stays what it was.
    fn gone(&mut self, row: &PullRow) -> Result<(), ShopError> {
        let removed = match row.entity.as_str() {
            "product" => match Uuid::parse_str(&row.id) {
                Ok(product_id) => return self.product_gone(product_id),
                Err(error) => {
                    refused(&mut self.done, row, &error);
                    0
                }
            },
            "tax_class" => self
                .connection
                .prepare_cached(
                    "DELETE FROM tax_class WHERE code = ?1 \
                     AND NOT EXISTS (SELECT 1 FROM product WHERE tax_class = ?1)",
                )?
                .execute([&row.id])?,
            "in_store_rule" => self
                .connection
                .prepare_cached("DELETE FROM in_store_rule WHERE position = CAST(?1 AS INTEGER)")?
                .execute([&row.id])?,
            _ => 0,
        };
        self.done.removed += removed as u64;
        Ok(())
    }

    fn product_gone(&mut self, product_id: Uuid) -> Result<(), ShopError> {
        before::forget(self.connection, product_id)?;
        if let Some(standing) = rows::standing(self.connection, product_id)? {
            rows::remove(self.connection, standing.product_no)?;
            self.done.removed += 1;
        }
        Ok(())
    }

    fn brought_product(&mut self, product_no: i64) -> Result<(), ShopError> {
        self.done.rows += 1;
        if self.sweep {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO temp.brought_product VALUES (?1)")?
                .execute([product_no])?;
        }
        Ok(())
    }

    fn brought(&mut self, kind: &str, id: &str) -> Result<(), ShopError> {
        self.done.rows += 1;
        if self.sweep {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO temp.brought VALUES (?1, ?2)")?
                .execute((kind, id))?;
        }
        Ok(())
    }

    fn sweep_products(&mut self) -> Result<(), ShopError> {
        let gone: Vec<i64> = self
            .connection
            .prepare(
                "SELECT product_no FROM product WHERE row_version > 0 \
                 AND product_no NOT IN (SELECT product_no FROM temp.brought_product)",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for product_no in &gone {
            rows::remove(self.connection, *product_no)?;
        }
        self.done.removed += gone.len() as u64;
        Ok(())
    }

    fn sweep_others(&mut self) -> Result<(), ShopError> {
        for sql in [
            "DELETE FROM in_store_rule WHERE row_version > 0 AND CAST(position AS TEXT) NOT IN \
             (SELECT id FROM temp.brought WHERE kind = 'in_store_rule')",
            "DELETE FROM tax_class WHERE row_version > 0 \
             AND code NOT IN (SELECT id FROM temp.brought WHERE kind = 'tax_class') \
             AND code NOT IN (SELECT tax_class FROM product)",
        ] {
            self.done.removed += self.connection.execute(sql, [])? as u64;
        }
        Ok(())
    }
}
