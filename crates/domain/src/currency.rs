//! The currencies a till can sell in: code, decimals, symbol, and the coins and notes that people hand over.
//!
//! Owns the table. Promises that a [`Currency`] in hand is always a known one, so that its decimals can be trusted.
//! Never converts between currencies: a sale has one.

use serde::{Deserialize, Serialize};

/// What is known of one currency.
#[derive(PartialEq, Eq)]
struct Facts {
    code: &'static str,
    exponent: u8,
    symbol: &'static str,
    notes_minor: &'static [i64],
}

/// A known currency. Two are equal when their codes are. In JSON it is its ISO 4217 code: `"GBP"`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub struct Currency(&'static Facts);

const fn facts(
    code: &'static str,
    exponent: u8,
    symbol: &'static str,
    notes_minor: &'static [i64],
) -> Facts {
    Facts {
        code,
        exponent,
        symbol,
        notes_minor,
    }
}

/// Coins and notes for currencies whose handy pieces are 1, 2, 5, 10, 20 and 50 units of a hundred.
const ONE_TO_FIFTY: &[i64] = &[100, 200, 500, 1_000, 2_000, 5_000];
const ONE_TO_HUNDRED: &[i64] = &[100, 500, 1_000, 2_000, 5_000, 10_000];
const TEN_TO_THOUSAND: &[i64] = &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

/// Sorted by code, so that a list of them on the screen needs no sorting.
static TABLE: &[Facts] = &[
    facts("AED", 2, "AED", &[500, 1_000, 2_000, 5_000, 10_000, 20_000]),
    facts("AUD", 2, "$", ONE_TO_HUNDRED),
    facts("BHD", 3, "BD", &[500, 1_000, 5_000, 10_000, 20_000]),
    facts("BRL", 2, "R$", &[200, 500, 1_000, 2_000, 5_000, 10_000]),
    facts("CAD", 2, "$", ONE_TO_HUNDRED),
    facts(
        "CHF",
        2,
        "CHF",
        &[100, 200, 500, 1_000, 2_000, 5_000, 10_000],
    ),
    facts("CLP", 0, "$", &[500, 1_000, 2_000, 5_000, 10_000, 20_000]),
    facts("CNY", 2, "¥", ONE_TO_HUNDRED),
    facts(
        "CZK",
        2,
        "Kč",
        &[1_000, 5_000, 10_000, 20_000, 50_000, 100_000],
    ),
    facts(
        "DKK",
        2,
        "kr.",
        &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
    ),
    facts("EUR", 2, "€", ONE_TO_FIFTY),
    facts("GBP", 2, "£", ONE_TO_FIFTY),
    facts("HKD", 2, "$", TEN_TO_THOUSAND),
    facts(
        "HUF",
        2,
        "Ft",
        &[50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000],
    ),
    facts("ILS", 2, "₪", &[500, 1_000, 2_000, 5_000, 10_000, 20_000]),
    facts(
        "INR",
        2,
        "₹",
        &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
    ),
    facts("ISK", 0, "kr", &[100, 500, 1_000, 2_000, 5_000, 10_000]),
    facts("JPY", 0, "¥", &[100, 500, 1_000, 5_000, 10_000]),
    facts("KES", 2, "KSh", &[5_000, 10_000, 20_000, 50_000, 100_000]),
    facts("KRW", 0, "₩", &[500, 1_000, 5_000, 10_000, 50_000]),
    facts("KWD", 3, "KD", &[250, 500, 1_000, 5_000, 10_000, 20_000]),
    facts("MXN", 2, "$", TEN_TO_THOUSAND),
    facts("NGN", 2, "₦", &[5_000, 10_000, 20_000, 50_000, 100_000]),
    facts(
        "NOK",
        2,
        "kr",
        &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
    ),
    facts("NZD", 2, "$", ONE_TO_HUNDRED),
    facts(
        "PLN",
        2,
        "zł",
        &[100, 200, 500, 1_000, 2_000, 5_000, 10_000],
    ),
    facts("RON", 2, "lei", &[100, 500, 1_000, 2_000, 5_000, 10_000]),
    facts(
        "SAR",
        2,
        "SAR",
        &[500, 1_000, 5_000, 10_000, 20_000, 50_000],
    ),
    facts(
        "SEK",
        2,
        "kr",
        &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
    ),
    facts("SGD", 2, "$", &[100, 200, 500, 1_000, 5_000, 10_000]),
    facts("THB", 2, "฿", &[2_000, 5_000, 10_000, 50_000, 100_000]),
    facts("TND", 3, "DT", &[500, 1_000, 5_000, 10_000, 20_000, 50_000]),
    facts("TRY", 2, "₺", &[500, 1_000, 2_000, 5_000, 10_000, 20_000]),
    facts("USD", 2, "$", ONE_TO_HUNDRED),
    facts("ZAR", 2, "R", &[500, 1_000, 2_000, 5_000, 10_000, 20_000]),
];

impl Currency {
    /// The currency with this ISO 4217 code, in capitals as ISO writes it; `None` if the till does not know it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        TABLE.iter().find(|facts| facts.code == code).map(Self)
    }

    /// Every known currency, ordered by code.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(Self)
    }

    /// The ISO 4217 code, e.g. `GBP`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// How many decimals the minor unit has: 2 for GBP, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn exponent(self) -> u8 {
        self.0.exponent
    }

    /// What people write beside an amount, e.g. `£`. Not unique: several currencies use `$`.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.0.symbol
    }

    /// Coins and notes that people pay with, in minor units, ascending.
    #[must_use]
    pub fn notes_minor(self) -> &'static [i64] {
        self.0.notes_minor
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Currency({})", self.code())
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Currency> for &'static str {
    fn from(currency: Currency) -> Self {
        currency.code()
    }
}

/// A currency code that the till does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("currency \"{code}\" is unknown: use an ISO 4217 code in capitals, such as GBP or EUR")]
pub struct CurrencyUnknown {
    /// The code as given.
    pub code: String,
}

impl TryFrom<String> for Currency {
    type Error = CurrencyUnknown;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::from_code(&code).ok_or(CurrencyUnknown { code })
    }
}
