//! Tax classes, in-store rules, operators and settings, read and written one row at a time.

use domain::Role;
use protocol::pull::{InStoreRuleRow, SettingRow, TaxClassRow};
use rusqlite::{Connection, Row, ToSql, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::versions::Versions;
use crate::store::StoreError;
use crate::store::admin::{
    OperatorEntry, Put, RuleEntry, SettingEntry, ShopKey, ShopPut, ShopRow, ShopTable,
};
use crate::store::sqlite::sql::{failed, uuid_column};

const DOING: &str = "writing head office's tables";
const READING: &str = "reading head office's tables";

/// Live rows, in the order of their keys.
pub(super) fn rows(
    snapshot: &Connection,
    tenant: Uuid,
    table: ShopTable,
) -> Result<Vec<ShopRow>, StoreError> {
    let (query, read): (_, fn(&Row<'_>) -> rusqlite::Result<ShopRow>) = match table {
        ShopTable::TaxClasses => (
            "SELECT code, name, rate_bp FROM tax_class
             WHERE tenant = ?1 AND deleted = 0 ORDER BY code",
            tax_class,
        ),
        ShopTable::InStoreRules => (
            "SELECT branch, position, rule FROM in_store_rule
             WHERE tenant = ?1 AND deleted = 0 ORDER BY branch, position",
            rule,
        ),
        ShopTable::Operators => (
            "SELECT operator_id, name, role, active, pin_phc IS NOT NULL, branches FROM operator
             WHERE tenant = ?1 AND deleted = 0 ORDER BY name, operator_id",
            operator,
        ),
        ShopTable::Settings => (
            "SELECT branch, name, value FROM branch_setting
             WHERE tenant = ?1 AND deleted = 0 ORDER BY branch, name",
            setting,
        ),
    };
    let mut found = snapshot.prepare_cached(query).map_err(failed(READING))?;
    let rows = found.query_map([tenant.as_bytes()], read);
    rows.and_then(Iterator::collect).map_err(failed(READING))
}

fn tax_class(row: &Row<'_>) -> rusqlite::Result<ShopRow> {
    Ok(ShopRow::TaxClass(TaxClassRow {
        code: row.get(0)?,
        name: row.get(1)?,
        rate_bp: row.get(2)?,
    }))
}

fn rule(row: &Row<'_>) -> rusqlite::Result<ShopRow> {
    Ok(ShopRow::InStoreRule(RuleEntry {
        branch: branch_column(row, 0)?,
        row: InStoreRuleRow {
            position: row.get(1)?,
            rule: json(&row.get::<_, String>(2)?)?,
        },
    }))
}

fn operator(row: &Row<'_>) -> rusqlite::Result<ShopRow> {
    let role: String = row.get(2)?;
    let branches: Option<String> = row.get(5)?;
    Ok(ShopRow::Operator(OperatorEntry {
        operator_id: uuid_column(row, 0)?,
        name: row.get(1)?,
        role: json::<Role>(&format!("{role:?}"))?,
        active: row.get(3)?,
        has_pin: row.get(4)?,
        branches: branches.as_deref().map(json).transpose()?,
    }))
}

fn setting(row: &Row<'_>) -> rusqlite::Result<ShopRow> {
    Ok(ShopRow::Setting(SettingEntry {
        branch: branch_column(row, 0)?,
        row: SettingRow {
            name: row.get(1)?,
            value: json(&row.get::<_, String>(2)?)?,
        },
    }))
}

fn branch_column(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Uuid>> {
    uuid_column(row, index).map(|branch| Some(branch).filter(|branch| !branch.is_nil()))
}

fn json<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })
}

fn text<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Makes a row be as asked; a row that is so already keeps its version.
pub(super) fn put(tx: &Connection, tenant: Uuid, put: &ShopPut) -> Result<Put, StoreError> {
    let mut versions = Versions::hold(tx, tenant)?;
    let write = Write {
        tx,
        tenant,
        rv: versions.next(),
    };
    let became = write.row(put).map_err(failed(DOING))?;
    match became {
        Put::Made | Put::Changed => versions.keep(tx)?,
        Put::Same | Put::Taken | Put::Orphan => {}
    }
    Ok(became)
}

/// Leaves a tombstone under a version of its own.
pub(super) fn delete(tx: &Connection, tenant: Uuid, key: &ShopKey) -> Result<bool, StoreError> {
    let mut versions = Versions::hold(tx, tenant)?;
    let rv = versions.next();
    let tenant = tenant.as_bytes();
    let gone = match key {
        ShopKey::TaxClass(code) => tx.execute(
            "UPDATE tax_class SET deleted = 1, rv = ?2
             WHERE tenant = ?1 AND code = ?3 AND deleted = 0",
            params![tenant, rv, code],
        ),
        ShopKey::InStoreRule(branch, position) => tx.execute(
            "UPDATE in_store_rule SET deleted = 1, rv = ?2
             WHERE tenant = ?1 AND branch = ?3 AND position = ?4 AND deleted = 0",
            params![tenant, rv, branch.unwrap_or_default().as_bytes(), position],
        ),
        ShopKey::Operator(operator) => tx.execute(
            "UPDATE operator SET deleted = 1, active = 0, pin_phc = NULL, rv = ?2
             WHERE tenant = ?1 AND operator_id = ?3 AND deleted = 0",
            params![tenant, rv, operator.as_bytes()],
        ),
        ShopKey::Setting(branch, name) => tx.execute(
            "UPDATE branch_setting SET deleted = 1, rv = ?2
             WHERE tenant = ?1 AND branch = ?3 AND name = ?4 AND deleted = 0",
            params![tenant, rv, branch.unwrap_or_default().as_bytes(), name],
        ),
    };
    let gone = gone.map_err(failed(DOING))? == 1;
    if gone {
        versions.keep(tx)?;
    }
    Ok(gone)
}

/// One row under one version.
struct Write<'a> {
    tx: &'a Connection,
    tenant: Uuid,
    rv: i64,
}

impl Write<'_> {
    fn row(&self, put: &ShopPut) -> rusqlite::Result<Put> {
        let tenant = self.tenant.as_bytes();
        match put {
            ShopPut::TaxClass(class) => self.write_if_other(
                include_str!("put_tax_class.sql"),
                params![tenant, self.rv, class.code, class.name, class.rate_bp],
            ),
            ShopPut::InStoreRule(entry) if self.orphan(entry.branch)? => Ok(Put::Orphan),
            ShopPut::InStoreRule(entry) => {
                let branch = entry.branch.unwrap_or_default();
                let rule = text(&entry.row.rule)?;
                self.write_if_other(
                    include_str!("put_rule.sql"),
                    params![tenant, self.rv, branch.as_bytes(), entry.row.position, rule],
                )
            }
            ShopPut::Operator(operator) => self.operator(operator),
            ShopPut::OperatorPin {
                operator_id,
                pin_phc,
            } => {
                let set = self.tx.execute(
                    "UPDATE operator SET pin_phc = ?4, rv = ?2
                     WHERE tenant = ?1 AND operator_id = ?3 AND deleted = 0",
                    params![tenant, self.rv, operator_id.as_bytes(), pin_phc],
                )?;
                Ok(if set == 1 { Put::Changed } else { Put::Orphan })
            }
            ShopPut::Setting(entry) if self.orphan(entry.branch)? => Ok(Put::Orphan),
            ShopPut::Setting(entry) => {
                let branch = entry.branch.unwrap_or_default();
                let value = text(&entry.row.value)?;
                self.write_if_other(
                    include_str!("put_setting.sql"),
                    params![tenant, self.rv, branch.as_bytes(), entry.row.name, value],
                )
            }
        }
    }

    fn operator(&self, operator: &OperatorEntry) -> rusqlite::Result<Put> {
        for branch in operator.branches.iter().flatten() {
            if self.orphan(Some(*branch))? {
                return Ok(Put::Orphan);
            }
        }
        self.write_if_other(
            include_str!("put_operator.sql"),
            params![
                self.tenant.as_bytes(),
                self.rv,
                operator.operator_id.as_bytes(),
                operator.name,
                operator.role.as_str(),
                operator.active,
                operator.branches.as_ref().map(text).transpose()?,
            ],
        )
    }

    /// Whether a branch is named that the tenant does not have.
    fn orphan(&self, branch: Option<Uuid>) -> rusqlite::Result<bool> {
        let Some(branch) = branch else {
            return Ok(false);
        };
        let mut found = self
            .tx
            .prepare_cached("SELECT 1 FROM branch WHERE tenant = ?1 AND branch = ?2")?;
        let there = found.exists(params![self.tenant.as_bytes(), branch.as_bytes()])?;
        Ok(!there)
    }

    /// A statement that writes only what differs.
    fn write_if_other(&self, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<Put> {
        let written = self.tx.prepare_cached(sql)?.execute(values)?;
        Ok(if written == 0 {
            Put::Same
        } else {
            Put::Changed
        })
    }
}
