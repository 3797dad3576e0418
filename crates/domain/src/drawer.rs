//! What the drawer should hold.
//!
//! Promises `expected = opening + cash tenders − change − cash handed back`, for any mix. Never counts a card.

/// The cash that should be in the drawer: what it opened with and what each sale
/// ([`crate::Sale::cash_moved_minor`]) and refund ([`crate::Refund::cash_moved_minor`]) moved, in minor units.
#[must_use]
pub fn expected_cash_minor(opening_minor: i64, moved_minor: impl IntoIterator<Item = i64>) -> i64 {
    moved_minor
        .into_iter()
        .fold(opening_minor, i64::saturating_add)
}
