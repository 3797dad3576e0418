//! What needs a person: both versions, what may be decided, and what each choice would do.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::products::ProductEdit;
use protocol::conflict::Decision;

/// Which conflicts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConflictQuery {
    /// Words of the title, of a kind or of a person.
    #[serde(default)]
    pub text: Option<String>,
    /// `false`: the open ones; `true`: how earlier ones ended.
    pub settled: bool,
    /// How many at most.
    pub limit: u32,
}

/// One conflict, dead letter or refused command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConflictView {
    /// Its identity.
    pub conflict: Uuid,
    /// What it is about: `NEGATIVE_STOCK`, `COUNT_RACE`, `EDIT_CONFLICT`, `PARKED`, `REJECTED`…
    pub kind: String,
    /// Why, where the kind has more than one reason.
    pub code: Option<String>,
    /// The thing in words: a product's name, a receipt number.
    pub title: String,
    /// The thing's key.
    pub entity: String,
    /// Whether it needs a person.
    pub open: bool,
    /// A decision names it, so that nobody decides on what they did not see.
    pub version: u32,
    /// When the cloud opened it.
    pub opened_at_ms: i64,
    /// What the op wanted.
    pub mine: Option<SideView>,
    /// What the cloud holds.
    pub theirs: Option<SideView>,
    /// What both began from.
    pub base: Option<SideView>,
    /// The names of the fields on which the sides differ.
    pub differing: Vec<String>,
    /// What may be decided, the mildest first; empty when it is settled.
    pub choices: Vec<ChoiceView>,
    /// How it ended.
    pub settled: Option<SettledView>,
    /// A decision of this till is on its way to the cloud.
    pub settling: bool,
    /// The product it is about.
    pub product_id: Option<Uuid>,
    /// The op's place in this till's order, if it is one of this till.
    pub op_seq: Option<u64>,
    /// The whole of it in a sentence or two.
    pub words: String,
    /// Whether the cloud has told it as a conflict. `false`: only the op's own outcome is known
    /// yet, there is nothing to decide on before the next fetch.
    pub told: bool,
}

/// One version and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SideView {
    /// The person, as far as known.
    pub who: String,
    /// Where.
    pub till: String,
    /// When, by the clock of the one who did it.
    pub at_ms: Option<i64>,
    /// Whether it was this till.
    pub here: bool,
    /// Field by field, in the same order on every side.
    pub fields: Vec<FieldView>,
}

/// One field of a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FieldView {
    /// Its name: `price_minor`, `name`, `barcodes`, `quantity_milli`…
    pub name: String,
    /// In words.
    pub label: String,
    /// Its value as people write it.
    pub text: String,
    /// The same as the op carries it (`null`: none), to be sent back in a field-by-field decision.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
}

/// One thing that may be decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChoiceView {
    /// The decision.
    #[ts(as = "super::words::DecisionWord")]
    pub decision: Decision,
    /// What happens then, with figures.
    pub consequence: String,
}

/// How a conflict ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettledView {
    /// What was decided; `null`: an upgrade of the cloud made it good.
    #[ts(as = "Option<super::words::DecisionWord>")]
    pub decision: Option<Decision>,
    /// Who.
    pub who: String,
    /// Where.
    pub till: String,
    /// When.
    pub at_ms: i64,
    /// In their words.
    pub note: Option<String>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettleRequest {
    /// The conflict.
    pub conflict: Uuid,
    /// Its version as the person saw it.
    pub version: u32,
    /// What was decided.
    #[ts(as = "super::words::DecisionWord")]
    pub decision: Decision,
    /// For `field_by_field`: the product as it shall be.
    #[serde(default)]
    pub product: Option<ProductEdit>,
    /// In their words.
    #[serde(default)]
    pub note: Option<String>,
}
