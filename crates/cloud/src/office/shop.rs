//! Branches, tax classes, in-store rules and settings.

use domain::InStoreRule;
use domain::limits::MAX_RATE_BP;
use protocol::pull::TaxClassRow;
use uuid::Uuid;

use super::{MAX_NAME_CHARS, Office, OfficeError, checks};
use crate::store::admin::{
    BranchPut, BranchRow, Put, RuleEntry, SettingEntry, ShopKey, ShopPut, ShopRow, ShopTable,
};

/// The longest code of a tax class and the longest name of a setting, in characters.
const MAX_KEY_CHARS: usize = 100;
/// The largest value of a setting, in bytes of JSON.
const MAX_VALUE_BYTES: usize = 64 * 1024;
/// In-store rules beyond this are a mistake.
const MAX_RULES: u32 = 1_000;

impl Office<'_> {
    /// The branches, by name.
    pub async fn branches(&self) -> Result<Vec<BranchRow>, OfficeError> {
        Ok(self.store.branches(self.admin.tenant).await?)
    }

    /// Makes or renames a branch.
    pub async fn put_branch(&self, branch: Uuid, name: &str) -> Result<BranchRow, OfficeError> {
        if branch.is_nil() {
            return Err(OfficeError::Malformed(
                "branch is all zero: that stands for all branches".into(),
            ));
        }
        let put = BranchPut {
            tenant: self.admin.tenant,
            branch,
            name: checks::text("name", name, MAX_NAME_CHARS)?,
            now_ms: self.now_ms(),
        };
        let name = put.name.clone();
        match self.store.put_branch(put).await? {
            Put::Taken => Err(OfficeError::Taken(format!(
                "name {name:?} is another branch's: choose another one"
            ))),
            Put::Made | Put::Changed | Put::Same | Put::Orphan => {
                let mut all = self.branches().await?.into_iter();
                all.find(|row| row.branch == branch)
                    .ok_or_else(|| OfficeError::not_there("branch", &branch))
            }
        }
    }

    /// Rows of one of the small tables.
    pub async fn rows(&self, table: ShopTable) -> Result<Vec<ShopRow>, OfficeError> {
        Ok(self.store.shop_rows(self.admin.tenant, table).await?)
    }

    /// Makes a tax class be so.
    pub async fn put_tax_class(&self, class: TaxClassRow) -> Result<TaxClassRow, OfficeError> {
        if !(0..=MAX_RATE_BP).contains(&class.rate_bp) {
            return Err(OfficeError::Malformed(format!(
                "rate_bp is {}, it must be 0 to {MAX_RATE_BP}",
                class.rate_bp
            )));
        }
        let class = TaxClassRow {
            code: checks::text("code", &class.code, MAX_KEY_CHARS)?,
            name: checks::text("name", &class.name, MAX_NAME_CHARS)?,
            rate_bp: class.rate_bp,
        };
        self.put_row(ShopPut::TaxClass(class.clone())).await?;
        Ok(class)
    }

    /// Makes an in-store rule be so; a rule that could never read a code is refused.
    pub async fn put_rule(&self, entry: RuleEntry) -> Result<RuleEntry, OfficeError> {
        if entry.row.position >= MAX_RULES {
            return Err(OfficeError::Malformed(format!(
                "position is {}, the limit is {}",
                entry.row.position,
                MAX_RULES - 1
            )));
        }
        let rule: InStoreRule = serde_json::from_value(entry.row.rule.clone())
            .map_err(|error| OfficeError::Malformed(format!("rule: {error}")))?;
        rule.check()
            .map_err(|refused| OfficeError::Malformed(format!("rule: {refused}")))?;
        self.put_row(ShopPut::InStoreRule(entry.clone())).await?;
        Ok(entry)
    }

    /// Makes a setting be so.
    pub async fn put_setting(&self, entry: SettingEntry) -> Result<SettingEntry, OfficeError> {
        checks::text("name", &entry.row.name, MAX_KEY_CHARS)?;
        let bytes = entry.row.value.to_string().len();
        if bytes > MAX_VALUE_BYTES {
            return Err(OfficeError::Malformed(format!(
                "value has {bytes} bytes, the limit is {MAX_VALUE_BYTES}"
            )));
        }
        self.put_row(ShopPut::Setting(entry.clone())).await?;
        Ok(entry)
    }

    async fn put_row(&self, put: ShopPut) -> Result<(), OfficeError> {
        match self.store.put_shop_row(self.admin.tenant, put).await? {
            Put::Made | Put::Changed | Put::Same => Ok(()),
            Put::Orphan | Put::Taken => Err(OfficeError::Malformed(
                "branch is not one of this business".into(),
            )),
        }
    }

    /// Leaves a tombstone.
    pub async fn delete_row(&self, key: ShopKey) -> Result<(), OfficeError> {
        let (what, id) = match &key {
            ShopKey::TaxClass(code) => ("tax class", code.clone()),
            ShopKey::InStoreRule(_, position) => ("in-store rule", position.to_string()),
            ShopKey::Operator(operator) => ("operator", operator.to_string()),
            ShopKey::Setting(_, name) => ("setting", name.clone()),
        };
        if self.store.delete_shop_row(self.admin.tenant, key).await? {
            Ok(())
        } else {
            Err(OfficeError::NotThere { what, id })
        }
    }
}
