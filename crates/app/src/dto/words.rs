//! The domain's words as the UI sees them.
//!
//! Owns nothing but the TypeScript form of enums that live in `domain`, which knows no UI. Each
//! conversion below is a `match` without a wildcard: a word added there must be added here.

use ts_rs::TS;

macro_rules! word {
    ($(#[$doc:meta])* $name:ident as $ts:literal from $domain:ty { $($variant:ident),+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, TS)]
        #[ts(export, rename = $ts, rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the domain's own words, explained there")]
        pub enum $name { $($variant),+ }

        impl From<$domain> for $name {
            fn from(word: $domain) -> Self {
                match word { $(<$domain>::$variant => Self::$variant),+ }
            }
        }
    };
}

word! {
    /// What a quantity counts.
    UnitWord as "Unit" from domain::Unit { Piece, Kilogram, Litre, Metre }
}
word! {
    /// What a price means.
    PriceModeWord as "PriceMode" from domain::PriceMode { TaxIncluded, TaxExcluded }
}
word! {
    /// How money changes hands.
    TenderKindWord as "TenderKind" from domain::TenderKind { Cash, Card }
}
word! {
    /// What a person may do.
    RoleWord as "Role" from domain::Role { Cashier, Supervisor, Manager, Installer }
}
word! {
    /// Why stock moved.
    MovementKindWord as "MovementKind" from domain::MovementKind { Sale, Refund, Resale, Adjustment, Restock, Count }
}
word! {
    /// What a person decided about a conflict.
    DecisionWord as "Decision" from protocol::conflict::Decision { KeepMine, KeepTheirs, FieldByField, AcceptCount, KeepComputed, CountAgain, Acknowledge }
}
