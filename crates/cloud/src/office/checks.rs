//! The checks of texts and numbers that people type.

use domain::limits::MAX_AMOUNT_MINOR;

use super::OfficeError;

/// Trimmed, between one and so many characters.
pub(super) fn text(field: &str, value: &str, limit: usize) -> Result<String, OfficeError> {
    let value = value.trim();
    let chars = value.chars().count();
    if chars == 0 || chars > limit {
        return Err(OfficeError::Malformed(format!(
            "{field} has {chars} characters, it must have 1 to {limit}"
        )));
    }
    if let Some(found) = value.chars().find(|c| c.is_control()) {
        return Err(OfficeError::Malformed(format!(
            "{field} holds the control character {found:?}: leave it out"
        )));
    }
    Ok(value.to_owned())
}

/// The same for a text that may be absent; blank is absent.
pub(super) fn maybe_text(
    field: &str,
    value: Option<&str>,
    limit: usize,
) -> Result<Option<String>, OfficeError> {
    match value.map(str::trim) {
        None | Some("") => Ok(None),
        Some(value) => text(field, value, limit).map(Some),
    }
}

/// A price in minor units.
pub(super) fn price(price_minor: Option<i64>) -> Result<Option<i64>, OfficeError> {
    match price_minor {
        Some(minor) if !(0..=MAX_AMOUNT_MINOR).contains(&minor) => {
            Err(OfficeError::Malformed(format!(
                "price_minor is {minor}, it must be 0 to {MAX_AMOUNT_MINOR}; null: the till asks"
            )))
        }
        checked => Ok(checked),
    }
}
