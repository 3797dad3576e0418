//! What needs a person, and their decisions.
//!
//! Owns the one list: conflicts that the cloud told, and own records that it parked or refused and
//! has not told as conflicts yet, each once. A decision names the version that the person saw; it
//! is an op like any other, works offline, and the cloud judges it. Promises that nothing is
//! settled by this program, by time or by order of arrival.

use domain::{Right, Unit};
use protocol::OpDraft;
use protocol::body::{ConflictSettledV1, OpBody, ProductEditedV1};
use protocol::conflict::{ConflictRow, ConflictStatus, Decision};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vault::{Tx, VaultError, queue, settings};

use crate::conflict_words::{self as say, Writes};
use crate::dto::{Approval, ConflictQuery, ConflictView, ProductEdit, SettleRequest, SettledView};
use crate::error::{AppError, Code};
use crate::products::wire;
use crate::till::Till;

/// A decision of this till whose effect has not come back yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct OnItsWay {
    op_id: Uuid,
    version: u32,
}

/// A decision, ready to be recorded with something else.
#[derive(Debug)]
pub(crate) struct Settles {
    conflict: Uuid,
    version: u32,
    pub draft: OpDraft,
}

impl Settles {
    /// Remembers that the decision is on its way; for the eye alone.
    pub fn keep(&self, tx: &Tx<'_>) -> Result<(), VaultError> {
        let on_its_way = OnItsWay {
            op_id: self.draft.op_id,
            version: self.version,
        };
        settings::put_passing(tx, &settling(self.conflict), &on_its_way)
    }
}

impl Till {
    /// What needs a person; or, with `settled`, how earlier ones ended.
    pub fn needs_you(&self, query: ConflictQuery) -> Result<Vec<ConflictView>, AppError> {
        let text = query.text.unwrap_or_default();
        let told = self.told_conflicts(&text, query.settled, query.limit)?;
        let mut views = told
            .iter()
            .map(|row| self.conflict_view(row))
            .collect::<Result<Vec<_>, _>>()?;
        if query.settled {
            return Ok(views);
        }
        let wanted = text.trim().to_lowercase();
        for item in self.untold_outcomes()? {
            let view = self.untold_view(&item)?;
            let found = format!("{} {} {}", view.title, view.words, view.kind).to_lowercase();
            if found.contains(&wanted) {
                views.push(view);
            }
        }
        views.truncate(query.limit as usize);
        Ok(views)
    }

    /// Records a decision; needs the right, or somebody who has it.
    pub fn settle(
        &self,
        request: SettleRequest,
        approval: Option<Approval>,
    ) -> Result<ConflictView, AppError> {
        let settles = self.decide(&request, self.new_id(), None, approval)?;
        self.record(move |tx| {
            settles.keep(tx)?;
            Ok(vec![settles.draft])
        })?;
        let row = self.open_conflict(request.conflict)?;
        self.conflict_view(&row)
    }

    /// The decision that goes with a new count of these products: it is applied after that count. None if there is
    /// nothing to decide any more: the count is a fact all the same.
    pub(crate) fn count_again(
        &self,
        conflict: Uuid,
        counted: &[Uuid],
        count: Uuid,
        approval: Option<Approval>,
    ) -> Result<Option<Settles>, AppError> {
        match self.decide_again(conflict, counted, count, approval) {
            Ok(settles) => Ok(Some(settles)),
            Err(gone) if gone.code == Code::ConflictChanged => Ok(None),
            Err(no) => Err(no),
        }
    }

    fn decide_again(
        &self,
        conflict: Uuid,
        counted: &[Uuid],
        count: Uuid,
        approval: Option<Approval>,
    ) -> Result<Settles, AppError> {
        let row = self.open_conflict(conflict)?;
        let about = vault::shop::product_of(&row.entity);
        if about.is_some_and(|product_id| !counted.contains(&product_id)) {
            let title = say::title(&row);
            let detail = format!(
                "{title} is not on the list: a count without it cannot settle what was open about it"
            );
            return Err(AppError::new(Code::DecisionNotPossible, detail).field("lines", title));
        }
        let request = SettleRequest {
            conflict,
            version: row.version,
            decision: Decision::CountAgain,
            product: None,
            note: None,
        };
        self.decide(&request, self.new_id(), Some(count), approval)
    }

    fn decide(
        &self,
        request: &SettleRequest,
        op_id: Uuid,
        after: Option<Uuid>,
        approval: Option<Approval>,
    ) -> Result<Settles, AppError> {
        let act = self.act(Right::SettleConflict, approval)?;
        let row = self.open_conflict(request.conflict)?;
        if row.version != request.version {
            return Err(changed(&row));
        }
        if self.is_settling(&row)? {
            return Err(AppError::new(
                Code::ConflictChanged,
                "a decision of this till is on its way to the cloud already",
            ));
        }
        if !row.kind.decisions().contains(&request.decision) {
            return Err(AppError::new(
                Code::DecisionNotPossible,
                format!(
                    "{} cannot be settled by {}",
                    row.kind.as_str(),
                    request.decision.as_str()
                ),
            )
            .field("decision", request.decision.as_str()));
        }
        let product = match (request.decision, &request.product) {
            (Decision::FieldByField, Some(edit)) => Some(self.chosen(edit)?),
            (Decision::FieldByField, None) => {
                return Err(AppError::new(
                    Code::DecisionNotPossible,
                    "field by field needs the article as it shall be",
                )
                .field("product", ""));
            }
            (_, _) => None,
        };
        let note = request.note.clone().filter(|note| !note.trim().is_empty());
        let body = OpBody::ConflictSettledV1(Box::new(ConflictSettledV1 {
            conflict: row.conflict,
            expected_version: row.version,
            decision: request.decision,
            product,
            note,
        }));
        let mut draft = act.draft(op_id, Vec::new(), body);
        draft.after.extend(after);
        Ok(Settles {
            conflict: row.conflict,
            version: row.version,
            draft,
        })
    }

    /// The article as a person put it together; it may be what it is here already.
    fn chosen(&self, edit: &ProductEdit) -> Result<ProductEditedV1, AppError> {
        let before = self.known_product(edit.product_id)?;
        let wanted = self.wanted(&before, edit)?;
        let barcodes = match &edit.barcodes {
            Some(barcodes) => barcodes.clone(),
            None => self.shop.barcodes_of(edit.product_id)?,
        };
        let checked = domain::new_product(wanted, &barcodes)
            .map_err(|refused| self.in_shop_money(refused.into()))?;
        Ok(wire(&checked, false))
    }

    pub(crate) fn open_conflict(&self, conflict: Uuid) -> Result<ConflictRow, AppError> {
        let row = self.shop.conflict(conflict)?.ok_or_else(|| {
            AppError::new(
                Code::ConflictUnknown,
                "the cloud has told this till of no such conflict",
            )
            .field("conflict", conflict)
        })?;
        match row.status {
            ConflictStatus::Open => Ok(row),
            ConflictStatus::Settled => Err(changed(&row)),
        }
    }

    /// The cloud's conflicts were published as they were when it had judged this till's ops up to `held_up_to`:
    /// a decision before it that changed nothing has been refused, whether or not its answer came.
    pub(crate) fn conflicts_told(&self, held_up_to: u64) {
        self.forget_settled();
        let kept = self
            .vault
            .read(|reader| settings::get::<u64>(reader, CONFLICTS_TOLD))
            .and_then(|before| {
                if before == Some(held_up_to) {
                    return Ok(());
                }
                self.vault
                    .transact(move |tx| settings::put_passing(tx, CONFLICTS_TOLD, &held_up_to))
            });
        if let Err(error) = kept {
            tracing::warn!("up to where the cloud judged could not be kept yet: {error}");
        }
    }

    /// Whether a decision of this till is under way: recorded, neither answered with a no nor older
    /// than what the cloud told since.
    fn is_settling(&self, row: &ConflictRow) -> Result<bool, AppError> {
        let name = settling(row.conflict);
        let found = self.vault.read(|reader| {
            let Some(way) = settings::get::<OnItsWay>(reader, &name)? else {
                return Ok(None);
            };
            let told = settings::get::<u64>(reader, CONFLICTS_TOLD)?.unwrap_or_default();
            Ok(Some((way, queue::of_op(reader, way.op_id)?, told)))
        })?;
        Ok(match found {
            Some((way, op, told)) => {
                let refused = op.is_some_and(|op| op.outcome.is_some() || op.seq <= told);
                row.status == ConflictStatus::Open && way.version == row.version && !refused
            }
            None => false,
        })
    }

    /// The row with its product's name as this till knows it, if the cloud knows none.
    fn named(&self, row: &ConflictRow, product: Option<Uuid>) -> Result<ConflictRow, AppError> {
        let mut row = row.clone();
        if let (None, Some(product_id)) = (&row.title, product) {
            row.title = self.shop.product(product_id)?.map(|product| product.name);
        }
        Ok(row)
    }

    fn conflict_view(&self, row: &ConflictRow) -> Result<ConflictView, AppError> {
        let product_id = vault::shop::product_of(&row.entity);
        let row = &self.named(row, product_id)?;
        let writes = self.writes(product_id)?;
        let here = self.identity()?.till;
        let own = self.vault.read(|reader| queue::of_op(reader, row.op_id))?;
        let open = row.status == ConflictStatus::Open;
        let side = |side: &Option<_>| side.as_ref().map(|side| say::side(side, here, writes));
        Ok(ConflictView {
            conflict: row.conflict,
            kind: row.kind.as_str().to_owned(),
            code: row.code.map(|code| code.as_str().to_owned()),
            title: say::title(row),
            entity: row.entity.clone(),
            open,
            version: row.version,
            opened_at_ms: row.opened_at_ms,
            mine: side(&row.mine),
            theirs: side(&row.theirs),
            base: side(&row.base),
            differing: say::differing(row),
            choices: if open {
                say::choices(row, writes)
            } else {
                Vec::new()
            },
            settled: row.settled.as_ref().map(|settled| SettledView {
                decision: settled.decision,
                who: settled.operator_name.clone().unwrap_or_default(),
                till: settled.till_name.clone().unwrap_or_default(),
                at_ms: settled.at_ms,
                note: settled.note.clone(),
            }),
            settling: self.is_settling(row)?,
            product_id,
            op_seq: own.map(|op| op.seq),
            words: say::words(row, writes),
            told: true,
        })
    }

    /// How money and amounts are written in a conflict about this product.
    fn writes(&self, product_id: Option<Uuid>) -> Result<Writes, AppError> {
        let product = match product_id {
            Some(product_id) => self.shop.product(product_id)?,
            None => None,
        };
        Ok(Writes {
            currency: self.rules()?.currency,
            unit: product.map_or(Unit::Piece, |product| product.unit),
        })
    }
}

/// Up to which own op the conflicts at hand are judged.
const CONFLICTS_TOLD: &str = "conflicts_told";

/// Under which name the till keeps that a decision is on its way.
fn settling(conflict: Uuid) -> String {
    format!("settling:{conflict}")
}

fn changed(row: &ConflictRow) -> AppError {
    AppError::new(
        Code::ConflictChanged,
        "it has changed since it was looked at, or somebody has settled it: look again",
    )
    .field("version", row.version)
}
