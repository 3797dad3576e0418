//! The small tables that tills pull: tax classes, in-store rules, operators, settings.

use domain::Role;
use protocol::pull::{InStoreRuleRow, SettingRow, TaxClassRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopTable {
    /// Tax classes.
    TaxClasses,
    /// In-store barcode rules.
    InStoreRules,
    /// Operators.
    Operators,
    /// Settings.
    Settings,
}

/// A live row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopRow {
    /// A tax class.
    TaxClass(TaxClassRow),
    /// An in-store barcode rule.
    InStoreRule(RuleEntry),
    /// An operator.
    Operator(OperatorEntry),
    /// A setting.
    Setting(SettingEntry),
}

/// A row as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopPut {
    /// A tax class; a till reads the rate of an article with its class.
    TaxClass(TaxClassRow),
    /// An in-store barcode rule.
    InStoreRule(RuleEntry),
    /// An operator without their PIN, which stays as it is.
    Operator(OperatorEntry),
    /// An operator's PIN alone.
    OperatorPin {
        /// The operator.
        operator_id: Uuid,
        /// Argon2id in PHC form.
        pin_phc: String,
    },
    /// A setting.
    Setting(SettingEntry),
}

/// A row that shall be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopKey {
    /// A tax class by its code.
    TaxClass(String),
    /// An in-store rule by its branch (`None`: all) and place.
    InStoreRule(Option<Uuid>, u32),
    /// An operator.
    Operator(Uuid),
    /// A setting by its branch (`None`: all) and name.
    Setting(Option<Uuid>, String),
}

/// An in-store barcode rule and where it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleEntry {
    /// One branch alone; absent: all of them.
    #[serde(default)]
    pub branch: Option<Uuid>,
    /// The rule in its place.
    #[serde(flatten)]
    pub row: InStoreRuleRow,
}

/// An operator as head office sees them: never their PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorEntry {
    /// Their key.
    pub operator_id: Uuid,
    /// Their name.
    pub name: String,
    /// `cashier`, `supervisor`, `manager`, `installer`.
    #[schema(value_type = String)]
    pub role: Role,
    /// Whether they may sign in.
    pub active: bool,
    /// Whether a PIN was ever set; without one they cannot sign in.
    #[serde(default)]
    pub has_pin: bool,
    /// The branches they work in; absent: all of them.
    #[serde(default)]
    pub branches: Option<Vec<Uuid>>,
}

/// A setting and where it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingEntry {
    /// One branch alone; absent: all of them.
    #[serde(default)]
    pub branch: Option<Uuid>,
    /// Its name and value.
    #[serde(flatten)]
    pub row: SettingRow,
}
