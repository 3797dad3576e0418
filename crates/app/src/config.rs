//! How this till is set up: one JSON value in the vault's settings.
//!
//! Owns what the installer chose. Everything here is a fact of this till alone; what the cloud can
//! give again (products, prices) lies in the shop's own file.

use domain::{
    CashRounding, CashRoundingScope, ChangeRounding, Currency, PriceMode, SellingRules,
    TaxRounding, Tie,
};
use serde::{Deserialize, Serialize};

use crate::dto::{PrinterConnection, PrinterSettings};

/// The setting's name in the vault.
pub(crate) const CONFIG: &str = "till";

/// What the installer chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillConfig {
    /// The shop's name, as on the receipt.
    pub branch_name: String,
    /// Lines below it on the receipt: address, tax number.
    pub branch_lines: Vec<String>,
    /// What people call this till; part of every receipt number.
    pub till_name: String,
    /// How this branch counts.
    pub rules: SellingRules,
    /// The tax class of articles made at the till.
    pub default_tax_class: String,
    /// Whether this is a demo branch: missing prices are made by rule, PINs are shown.
    pub demo: bool,
    /// The cloud this till belongs to.
    pub cloud: CloudLink,
    /// How it prints.
    pub printer: PrinterSettings,
    /// Printed last on every receipt.
    pub footer: Vec<String>,
}

/// How a till reaches its cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CloudLink {
    /// It belongs to none.
    None,
    /// It is enrolled.
    Joined {
        /// The cloud's address.
        url: String,
    },
    /// It brings its own: the demo branch's, started and stopped with the till.
    Own,
}

impl TillConfig {
    /// Whether receipts go to a printer.
    pub fn prints(&self) -> bool {
        self.printer.connection != PrinterConnection::None
    }

    /// What receipt numbers begin with: the branch's initials (or first letters) and the till.
    pub fn number_prefix(&self) -> String {
        let words: Vec<&str> = self.branch_name.split_whitespace().collect();
        let letters = match words.as_slice() {
            [one] => one.chars().take(4).collect::<String>(),
            many => many
                .iter()
                .filter_map(|word| word.chars().next())
                .take(4)
                .collect(),
        };
        format!("{}-{}", letters.to_uppercase(), self.till_name)
    }

    /// The usual settings of a shop that starts with nothing but a currency.
    pub fn usual(currency: Currency, branch_name: &str, till_name: &str) -> Self {
        Self {
            branch_name: branch_name.to_owned(),
            branch_lines: Vec::new(),
            till_name: till_name.to_owned(),
            rules: SellingRules {
                currency,
                price_mode: PriceMode::TaxIncluded,
                tax_rounding: TaxRounding::PerLine,
                tie: Tie::HalfUp,
                cash_rounding: usual_cash_rounding(currency),
            },
            default_tax_class: "none".to_owned(),
            demo: false,
            cloud: CloudLink::None,
            printer: PrinterSettings {
                connection: PrinterConnection::None,
                profile: "generic-80".to_owned(),
                open_drawer: true,
            },
            footer: vec!["Thank you".to_owned()],
        }
    }
}

/// Cash rounding where the smallest coin in use is larger than the smallest amount.
fn usual_cash_rounding(currency: Currency) -> CashRounding {
    let increment_minor = match currency.code() {
        "CHF" | "AUD" | "CAD" => 5,
        "NZD" => 10,
        "DKK" => 50,
        "SEK" | "NOK" | "CZK" => 100,
        "HUF" => 500,
        _ => 1,
    };
    CashRounding {
        increment_minor,
        tie: Tie::HalfUp,
        change: ChangeRounding::Nearest,
        scope: CashRoundingScope::CashOnly,
    }
}
