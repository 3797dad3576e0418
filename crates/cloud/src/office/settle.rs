//! A person of head office decides on a conflict: by an op, like everybody else.

use domain::Right;
use protocol::OpBody;
use protocol::body::{ConflictSettledV1, ProductEditedV1};
use protocol::conflict::{ConflictRow, ConflictStatus, Decision};
use protocol::op::{Actor, OpDraft};
use protocol::{Outcome, outcome::OutcomeCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Office, OfficeError, Streams, checks};
use crate::store::admin::ConflictsWanted;

/// The longest note, in characters.
const MAX_NOTE_CHARS: usize = 500;

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleWanted {
    /// The conflict's version as it was looked at.
    pub version: u32,
    /// What was decided; one that its kind allows.
    pub decision: Decision,
    /// Who decided: a supervisor or manager of the business. May be absent only while the business
    /// has no operators here.
    #[serde(default)]
    pub operator_id: Option<Uuid>,
    /// With `field_by_field`: the product as it shall be, whole; written of it are the groups that
    /// the conflict is about.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub product: Option<ProductEditedV1>,
    /// In their words.
    #[serde(default)]
    pub note: Option<String>,
}

impl Office<'_> {
    /// What needs a person, or did.
    pub async fn conflicts(
        &self,
        wanted: ConflictsWanted,
    ) -> Result<Vec<ConflictRow>, OfficeError> {
        Ok(self.store.conflicts(self.admin.tenant, wanted).await?)
    }

    /// One of them.
    pub async fn conflict(&self, conflict: Uuid) -> Result<ConflictRow, OfficeError> {
        let found = self.store.conflict(self.admin.tenant, conflict).await?;
        found.ok_or_else(|| OfficeError::not_there("conflict", &conflict))
    }

    /// Decides; `key` is the op's id, so that the same call again is the same decision. The row
    /// after it, and whether it was decided by this very call before.
    pub async fn settle(
        &self,
        streams: &Streams,
        conflict: Uuid,
        wanted: SettleWanted,
        key: Uuid,
    ) -> Result<(ConflictRow, bool), OfficeError> {
        // From here on nobody else decides for this tenant in this process: the same call twice at
        // once is one decision, and the second of them reads what the first made.
        let mut stream = streams.turn(self.admin.tenant).await;
        let row = self.conflict(conflict).await?;
        if row.settled.as_ref().and_then(|by| by.op_id) == Some(key) {
            return Ok((row, true));
        }
        check(&row, &wanted)?;
        let operator = self.decider(wanted.operator_id).await?;
        let note = checks::maybe_text("note", wanted.note.as_deref(), MAX_NOTE_CHARS)?;
        let branch = match row.branch {
            Some(branch) => branch,
            None => self.any_branch().await?,
        };
        let draft = OpDraft {
            op_id: key,
            actor: Actor {
                operator,
                session: None,
            },
            shift: None,
            business_date: date(self.now_ms()),
            after: Vec::new(),
            base: Vec::new(),
            body: OpBody::ConflictSettledV1(Box::new(ConflictSettledV1 {
                conflict,
                expected_version: wanted.version,
                decision: wanted.decision,
                product: wanted.product,
                note,
            })),
        };
        let result = self.record(&mut stream, branch, &draft).await?;
        let (tenant, outcome) = (self.admin.tenant, result.outcome);
        tracing::info!(%tenant, %conflict, op_id = %key, outcome = outcome.as_str(), "head office decided");
        match (outcome, result.code) {
            (Outcome::Accepted | Outcome::Duplicate, _) => {
                Ok((self.conflict(conflict).await?, false))
            }
            (_, Some(OutcomeCode::NotAllowed)) => Err(OfficeError::NotAllowed(
                "the decision was refused: its kind or the operator's rights do not allow it"
                    .into(),
            )),
            (Outcome::Conflict | Outcome::Rejected | Outcome::Parked, _) => {
                Err(OfficeError::Taken(format!(
                    "conflict {conflict} changed meanwhile: look at it again and decide on what it says now"
                )))
            }
        }
    }

    /// The operator behind a decision, if they may decide.
    async fn decider(&self, operator_id: Option<Uuid>) -> Result<Uuid, OfficeError> {
        let Some(operator_id) = operator_id else {
            if self.operators().await?.is_empty() {
                return Ok(Uuid::nil());
            }
            return Err(OfficeError::Malformed(
                "operator_id is missing: say which supervisor or manager decided".into(),
            ));
        };
        let operator = self.operator(operator_id).await?;
        if operator.active && operator.role.may(Right::SettleConflict) {
            return Ok(operator_id);
        }
        Err(OfficeError::NotAllowed(format!(
            "operator {operator_id} may not decide on conflicts: an active supervisor or manager may"
        )))
    }

    async fn any_branch(&self) -> Result<Uuid, OfficeError> {
        let first = self.branches().await?.into_iter().next();
        first
            .map(|branch| branch.branch)
            .ok_or_else(|| OfficeError::not_there("branch", "of any name"))
    }
}

/// What can be refused before an op is written.
fn check(row: &ConflictRow, wanted: &SettleWanted) -> Result<(), OfficeError> {
    let conflict = row.conflict;
    if row.status == ConflictStatus::Settled {
        return Err(OfficeError::Taken(format!(
            "conflict {conflict} is settled already"
        )));
    }
    if row.version != wanted.version {
        return Err(OfficeError::Taken(format!(
            "conflict {conflict} is at version {}, not {}: look at it again",
            row.version, wanted.version
        )));
    }
    let allowed = row.kind.decisions();
    if !allowed.contains(&wanted.decision) {
        let allowed: Vec<_> = allowed.iter().map(|one| one.as_str()).collect();
        return Err(OfficeError::Malformed(format!(
            "decision {:?} does not fit {}: choose one of {allowed:?}",
            wanted.decision.as_str(),
            row.kind.as_str()
        )));
    }
    if (wanted.decision == Decision::FieldByField) != wanted.product.is_some() {
        return Err(OfficeError::Malformed(
            "product belongs to the decision field_by_field, and to no other".into(),
        ));
    }
    Ok(())
}

/// The day in UTC: head office has no counter whose day it could take.
fn date(wall_ms: i64) -> String {
    // Days since 1970 into a date of the Gregorian calendar, by the civil-from-days rule.
    let days = wall_ms.div_euclid(24 * 60 * 60 * 1000) + 719_468;
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
    use super::*;

    #[test]
    fn a_day_is_its_date_also_around_leap_days() {
        for (wall_ms, day) in [
            (0, "1970-01-01"),
            (951_782_400_000, "2000-02-29"),
            (1_795_132_800_000, "2026-11-20"),
            (-1, "1969-12-31"),
        ] {
            assert_eq!(date(wall_ms), day);
        }
    }
}
