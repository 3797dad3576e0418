//! Tax classes, in-store rules, operators and settings, read and written one row at a time.

use deadpool_postgres::Pool;
use protocol::pull::{InStoreRuleRow, SettingRow, TaxClassRow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::sql::{counter, failed, get, text, unreadable};
use super::super::tx::{Mode, Param, Tx, ask};
use super::versions::Versions;
use crate::store::StoreError;
use crate::store::admin::{
    OperatorEntry, Put, RuleEntry, SettingEntry, ShopKey, ShopPut, ShopRow, ShopTable,
};

/// How a row is read.
type Read = fn(&Row) -> Result<ShopRow, StoreError>;

const READING: &str = "reading head office's tables";
const DOING: &str = "writing head office's tables";

/// Live rows, in the order of their keys.
pub(super) async fn rows(
    pool: &Pool,
    tenant: Uuid,
    table: ShopTable,
) -> Result<Vec<ShopRow>, StoreError> {
    let (list, read): (_, Read) = match table {
        ShopTable::TaxClasses => (
            "SELECT * FROM tax_class WHERE tenant = $1 AND NOT deleted ORDER BY code COLLATE \"C\"",
            tax_class,
        ),
        ShopTable::InStoreRules => (
            "SELECT * FROM in_store_rule WHERE tenant = $1 AND NOT deleted ORDER BY branch, position",
            rule,
        ),
        ShopTable::Operators => (
            "SELECT * FROM operator WHERE tenant = $1 AND NOT deleted
             ORDER BY name COLLATE \"C\", operator_id",
            operator,
        ),
        ShopTable::Settings => (
            "SELECT * FROM branch_setting WHERE tenant = $1 AND NOT deleted
             ORDER BY branch, name COLLATE \"C\"",
            setting,
        ),
    };
    let rows = ask(pool, READING, Some(tenant), list, &[&tenant]).await?;
    rows.iter().map(read).collect()
}

fn tax_class(row: &Row) -> Result<ShopRow, StoreError> {
    Ok(ShopRow::TaxClass(TaxClassRow {
        code: get(row, "code")?,
        name: get(row, "name")?,
        rate_bp: get(row, "rate_bp")?,
    }))
}

fn rule(row: &Row) -> Result<ShopRow, StoreError> {
    let position = counter(row, "position")?;
    Ok(ShopRow::InStoreRule(RuleEntry {
        branch: branch(row)?,
        row: InStoreRuleRow {
            position: u32::try_from(position)
                .map_err(|_| unreadable("position", format!("{position} is too high")))?,
            rule: json("rule", get(row, "rule")?)?,
        },
    }))
}

fn operator(row: &Row) -> Result<ShopRow, StoreError> {
    let role = Value::String(get(row, "role")?);
    let branches: Option<&str> = get(row, "branches")?;
    let pin_phc: Option<&str> = get(row, "pin_phc")?;
    Ok(ShopRow::Operator(OperatorEntry {
        operator_id: get(row, "operator_id")?,
        name: get(row, "name")?,
        role: serde_json::from_value(role)
            .map_err(|error| unreadable("role", error.to_string()))?,
        active: get(row, "active")?,
        has_pin: pin_phc.is_some(),
        branches: branches.map(|text| json("branches", text)).transpose()?,
    }))
}

fn setting(row: &Row) -> Result<ShopRow, StoreError> {
    Ok(ShopRow::Setting(SettingEntry {
        branch: branch(row)?,
        row: SettingRow {
            name: get(row, "name")?,
            value: json("value", get(row, "value")?)?,
        },
    }))
}

fn branch(row: &Row) -> Result<Option<Uuid>, StoreError> {
    let branch: Uuid = get(row, "branch")?;
    Ok(Some(branch).filter(|branch| !branch.is_nil()))
}

fn json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(column, error.to_string()))
}

fn written<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable("value", error.to_string()))
}

/// Makes a row be as asked; a row that is so already keeps its version.
pub(super) async fn put(pool: &Pool, tenant: Uuid, put: &ShopPut) -> Result<Put, StoreError> {
    let tx = Tx::open(pool, DOING, Mode::Write, Some(tenant)).await?;
    let mut versions = Versions::hold(&tx, tenant).await?;
    let write = Write {
        tx: &tx,
        tenant,
        rv: versions.next(),
    };
    let became = write.row(put).await?;
    match became {
        Put::Made | Put::Changed => versions.keep(&tx).await.map_err(failed(DOING))?,
        Put::Same | Put::Taken | Put::Orphan => {}
    }
    tx.commit().await.map_err(failed(DOING))?;
    Ok(became)
}

/// Leaves a tombstone under a version of its own.
pub(super) async fn delete(pool: &Pool, tenant: Uuid, key: &ShopKey) -> Result<bool, StoreError> {
    let tx = Tx::open(pool, DOING, Mode::Write, Some(tenant)).await?;
    let mut versions = Versions::hold(&tx, tenant).await?;
    let rv = versions.next();
    let gone = match key {
        ShopKey::TaxClass(code) => {
            let sql = "UPDATE tax_class SET deleted = true, rv = $2
                       WHERE tenant = $1 AND code = $3 AND NOT deleted";
            tx.execute(sql, &[&tenant, &rv, &text(code)]).await
        }
        ShopKey::InStoreRule(branch, position) => {
            let sql = "UPDATE in_store_rule SET deleted = true, rv = $2
                       WHERE tenant = $1 AND branch = $3 AND position = $4 AND NOT deleted";
            let (branch, position) = (branch.unwrap_or_default(), i64::from(*position));
            tx.execute(sql, &[&tenant, &rv, &branch, &position]).await
        }
        ShopKey::Operator(operator) => {
            let sql = "UPDATE operator SET deleted = true, active = false, pin_phc = NULL, rv = $2
                       WHERE tenant = $1 AND operator_id = $3 AND NOT deleted";
            tx.execute(sql, &[&tenant, &rv, operator]).await
        }
        ShopKey::Setting(branch, name) => {
            let sql = "UPDATE branch_setting SET deleted = true, rv = $2
                       WHERE tenant = $1 AND branch = $3 AND name = $4 AND NOT deleted";
            let branch = branch.unwrap_or_default();
            tx.execute(sql, &[&tenant, &rv, &branch, &text(name)]).await
        }
    };
    let gone = gone.map_err(failed(DOING))? == 1;
    if gone {
        versions.keep(&tx).await.map_err(failed(DOING))?;
    }
    tx.commit().await.map_err(failed(DOING))?;
    Ok(gone)
}

/// One row under one version.
struct Write<'a> {
    tx: &'a Tx,
    tenant: Uuid,
    rv: i64,
}

impl Write<'_> {
    async fn row(&self, put: &ShopPut) -> Result<Put, StoreError> {
        match put {
            ShopPut::TaxClass(class) => {
                let sql = include_str!("put_tax_class.sql");
                self.write_if_other(sql, &[&class.code, &class.name, &class.rate_bp])
                    .await
            }
            ShopPut::InStoreRule(entry) => {
                if self.orphan(entry.branch).await? {
                    return Ok(Put::Orphan);
                }
                let branch = entry.branch.unwrap_or_default();
                let position = i64::from(entry.row.position);
                let rule = written(&entry.row.rule)?;
                let sql = include_str!("put_rule.sql");
                self.write_if_other(sql, &[&branch, &position, &rule]).await
            }
            ShopPut::Operator(operator) => self.operator(operator).await,
            ShopPut::OperatorPin {
                operator_id,
                pin_phc,
            } => {
                let sql = "UPDATE operator SET rv = $2, pin_phc = $4
                           WHERE tenant = $1 AND operator_id = $3 AND NOT deleted";
                let set = self.write_if_other(sql, &[operator_id, pin_phc]).await?;
                Ok(if set == Put::Same { Put::Orphan } else { set })
            }
            ShopPut::Setting(entry) => {
                if self.orphan(entry.branch).await? {
                    return Ok(Put::Orphan);
                }
                let branch = entry.branch.unwrap_or_default();
                let value = written(&entry.row.value)?;
                let sql = include_str!("put_setting.sql");
                self.write_if_other(sql, &[&branch, &entry.row.name, &value])
                    .await
            }
        }
    }

    async fn operator(&self, operator: &OperatorEntry) -> Result<Put, StoreError> {
        for branch in operator.branches.iter().flatten() {
            if self.orphan(Some(*branch)).await? {
                return Ok(Put::Orphan);
            }
        }
        let branches = operator.branches.as_ref().map(written).transpose()?;
        self.write_if_other(
            include_str!("put_operator.sql"),
            &[
                &operator.operator_id,
                &operator.name,
                &operator.role.as_str(),
                &operator.active,
                &branches,
            ],
        )
        .await
    }

    /// Whether a branch is named that the tenant does not have.
    async fn orphan(&self, branch: Option<Uuid>) -> Result<bool, StoreError> {
        let Some(branch) = branch else {
            return Ok(false);
        };
        let there = "SELECT 1 FROM branch WHERE tenant = $1 AND branch = $2";
        let found = self.tx.query_opt(there, &[&self.tenant, &branch]).await;
        Ok(found.map_err(failed(DOING))?.is_none())
    }

    /// A statement that writes only what differs.
    async fn write_if_other(
        &self,
        sql: &'static str,
        values: &[Param<'_>],
    ) -> Result<Put, StoreError> {
        let mut all: Vec<Param<'_>> = vec![&self.tenant, &self.rv];
        all.extend(values);
        let written = self.tx.execute(sql, &all).await.map_err(failed(DOING))?;
        Ok(if written == 0 {
            Put::Same
        } else {
            Put::Changed
        })
    }
}
