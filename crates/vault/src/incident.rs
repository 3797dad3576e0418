//! What a start mended, told to head office as an op.

use protocol::body::{IncidentKind, TillIncidentV1};
use protocol::{Actor, OpBody, OpDraft};

use crate::error::VaultError;
use crate::reads::sealed::Db;
use crate::recover::{Damage, StartReport, check};
use crate::tx::Tx;
use crate::vault::Vault;

/// Tells head office what was mended, as an op in a fresh segment.
pub(crate) fn raise(vault: &Vault, report: &mut StartReport) -> Result<(), VaultError> {
    let (kind, words) = match (&report.vault, &report.journal) {
        (Damage::None, Damage::None) => return Ok(()),
        (Damage::Rebuilt { why }, Damage::None) => {
            (IncidentKind::VaultRebuilt, format!("vault: {why}"))
        }
        (Damage::None, Damage::Rebuilt { why }) => {
            (IncidentKind::JournalRebuilt, format!("journal: {why}"))
        }
        (Damage::Rebuilt { why }, Damage::Rebuilt { why: other }) => (
            IncidentKind::BothDamaged,
            format!("vault: {why}; journal: {other}"),
        ),
    };
    let missing = vault.read(|reader| check::holes(reader.db()))?;
    report.missing.clone_from(&missing);
    let told = vault.transact(move |tx| record_incident(tx, kind, words, missing));
    match told {
        // No room for the incident is no reason not to finish an open sale.
        Err(VaultError::DiskFull { .. }) => Ok(()),
        other => other,
    }
}

/// Records that something happened to the till itself: an op like any other, for head office.
///
/// # Errors
/// As for any op; nothing is recorded then.
pub fn record_incident(
    tx: &mut Tx<'_>,
    kind: IncidentKind,
    words: String,
    missing: Vec<(u64, u64)>,
) -> Result<(), VaultError> {
    let noticed_at_ms = tx.now_ms();
    let op_id = tx.new_id();
    tx.append_op(|_| OpDraft {
        op_id,
        actor: Actor::till(),
        shift: None,
        business_date: business_date(noticed_at_ms),
        after: Vec::new(),
        base: Vec::new(),
        body: OpBody::TillIncidentV1(TillIncidentV1 {
            kind,
            words,
            missing,
            noticed_at_ms,
        }),
    })?;
    Ok(())
}

/// The UTC day of a time, `YYYY-MM-DD`: an incident belongs to no shift.
fn business_date(at_ms: i64) -> String {
    // Civil date from days since 1970 (proleptic Gregorian, eras of 400 years).
    let days = at_ms.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::business_date;

    #[test]
    fn days_are_the_calendars() {
        assert_eq!(business_date(0), "1970-01-01");
        assert_eq!(business_date(951_782_400_000), "2000-02-29");
        assert_eq!(business_date(1_795_132_800_000), "2026-11-20");
    }
}
