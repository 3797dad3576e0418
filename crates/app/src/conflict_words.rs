//! A conflict as a person reads it: what happened, both sides field by field, and what each choice
//! would do, with figures.
//!
//! Owns the sentences. Decides nothing: which decisions a kind allows is the protocol's, what they
//! do is the cloud's, and the figures are those that the cloud told with the conflict.

use domain::{Currency, Unit, format_minor, format_rate_bp};
use protocol::conflict::{ConflictKind, ConflictRow, ConflictSide, Decision};
use protocol::outcome::OutcomeCode;
use serde_json::Value;

use crate::dto::{ChoiceView, FieldView, SideView};
use crate::op_words::code_words;
use crate::views::quantity_text;

/// How this shop writes money and the amounts of the product that it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writes {
    pub currency: Currency,
    pub unit: Unit,
}

/// The whole of it in a sentence or two.
pub(crate) fn words(row: &ConflictRow, writes: Writes) -> String {
    let title = title(row);
    let figure = |side: &Option<ConflictSide>, name| {
        let side = side.as_ref();
        side.and_then(|side| milli(side, name))
            .map_or_else(|| "?".to_owned(), |milli| quantity_text(milli, writes.unit))
    };
    match row.kind {
        ConflictKind::NegativeStock => format!(
            "The stock of {title} is {}: more left the shop than was booked in.",
            figure(&row.mine, "quantity_milli")
        ),
        ConflictKind::CountRace => format!(
            "{title} was counted as {} while others moved it; the cloud computed {}.",
            figure(&row.mine, "counted_milli"),
            figure(&row.theirs, "quantity_milli")
        ),
        ConflictKind::EditConflict => {
            format!("Two people changed the same fields of {title}. The cloud's value holds meanwhile.")
        }
        ConflictKind::SaleIdReused => {
            format!("Sale {title} arrived under two records. It counts once; both are kept.")
        }
        ConflictKind::OpIdReused => {
            format!("Two different records came under one number ({title}). The first counts; both are kept.")
        }
        ConflictKind::OverRefund => {
            format!("More was given back of {title} than was sold. The refund stands as it is.")
        }
        ConflictKind::StreamFork => "Two copies of one till have sold. Nothing is lost: the second copy's records lie aside until its till sends them again.".to_owned(),
        ConflictKind::StreamHole => "Earlier records of a till are missing and it cannot send them any more. What came after is kept aside.".to_owned(),
        ConflictKind::Parked => format!(
            "The cloud has {title} and cannot apply it yet: {}.",
            row.code.map_or("its reason is not known", code_words)
        ),
        ConflictKind::Rejected => format!(
            "The cloud refused {title}: {}.",
            row.code.map_or("its reason is not known", code_words)
        ),
    }
}

/// The thing in words, by its key if the cloud gave none.
pub(crate) fn title(row: &ConflictRow) -> String {
    row.title.clone().unwrap_or_else(|| row.entity.clone())
}

/// What each allowed decision would do.
pub(crate) fn choices(row: &ConflictRow, writes: Writes) -> Vec<ChoiceView> {
    let decisions = row.kind.decisions().iter();
    decisions
        .map(|decision| ChoiceView {
            decision: *decision,
            consequence: consequence(*decision, row, writes),
        })
        .collect()
}

fn consequence(decision: Decision, row: &ConflictRow, writes: Writes) -> String {
    let text = |milli: i64| quantity_text(milli, writes.unit);
    let mine = |name| row.mine.as_ref().and_then(|side| milli(side, name));
    let theirs = |name| row.theirs.as_ref().and_then(|side| milli(side, name));
    let now = theirs("quantity_milli").or_else(|| mine("quantity_milli"));
    let stays = now.map_or_else(
        || "The stock stays what it is".to_owned(),
        |now| format!("Stock stays {}", text(now)),
    );
    match decision {
        Decision::KeepTheirs => format!(
            "Nothing changes: {}. The other version is set aside.",
            listed(row, row.theirs.as_ref(), "stays", writes)
        ),
        Decision::KeepMine => format!(
            "On every till {}.",
            listed(row, row.mine.as_ref(), "becomes", writes)
        ),
        Decision::FieldByField => {
            "You choose each field; what you choose replaces both versions on every till."
                .to_owned()
        }
        Decision::AcceptCount => accepted(
            mine("counted_milli"),
            mine("if_accepted_milli"),
            theirs("unseen_later_milli"),
            text,
        ),
        Decision::KeepComputed => match mine("counted_milli") {
            Some(counted) => format!("{stays}; the count of {} is set aside.", text(counted)),
            None => format!("{stays}; the next delivery or count brings it up."),
        },
        Decision::CountAgain => {
            format!("You count the shelf once more. {stays} until then, and becomes what you find.")
        }
        Decision::Acknowledge => acknowledged(row),
    }
}

/// "Stock becomes 8" and why it is not what was counted.
fn accepted(
    counted: Option<i64>,
    becomes: Option<i64>,
    later: Option<i64>,
    text: impl Fn(i64) -> String,
) -> String {
    let Some(becomes) = becomes.or(counted) else {
        return "Stock becomes what was counted, less what was sold since.".to_owned();
    };
    let since = match (later, counted) {
        (Some(later), Some(counted)) if later < 0 => format!(
            ": {} counted, {} sold since taken off",
            text(counted),
            text(later.saturating_neg())
        ),
        (Some(later), Some(counted)) if later > 0 => {
            format!(
                ": {} counted, {} that came since added",
                text(counted),
                text(later)
            )
        }
        _ => ", as counted".to_owned(),
    };
    format!("Stock becomes {}{since}.", text(becomes))
}

fn acknowledged(row: &ConflictRow) -> String {
    match (row.kind, row.code) {
        (ConflictKind::Parked, _) => {
            "It goes off the list. Nothing is applied and nothing is lost: its bytes stay in the cloud and on its till.".to_owned()
        }
        (ConflictKind::Rejected, Some(OutcomeCode::NotAllowed)) => {
            "It goes off the list. The change is not made; somebody with the right can make it again.".to_owned()
        }
        (ConflictKind::Rejected, _) => "It goes off the list. The change is not made.".to_owned(),
        (ConflictKind::OverRefund, _) => {
            "It goes off the list. The refund stands: the money was handed over.".to_owned()
        }
        (ConflictKind::SaleIdReused | ConflictKind::OpIdReused, _) => {
            "It goes off the list. What counts stays as it is; both records are kept.".to_owned()
        }
        (ConflictKind::StreamFork | ConflictKind::StreamHole, _) => {
            "It goes off the list. What lies aside stays there; a till that sends it again is believed.".to_owned()
        }
        (
            ConflictKind::NegativeStock | ConflictKind::CountRace | ConflictKind::EditConflict,
            _,
        ) => "It goes off the list.".to_owned(),
    }
}

/// "price becomes 3.50, name becomes Tea": the fields on which the sides differ.
fn listed(row: &ConflictRow, side: Option<&ConflictSide>, verb: &str, writes: Writes) -> String {
    let differing = differing(row);
    let fields = side.iter().flat_map(|side| side.fields.iter());
    let said: Vec<String> = fields
        .filter(|(name, _)| differing.contains(name))
        .map(|(name, value)| {
            let label = label(name).to_lowercase();
            format!("{label} {verb} {}", value_text(name, value, writes))
        })
        .collect();
    if said.is_empty() {
        return format!("the article {verb} as shown");
    }
    said.join(", ")
}

/// The names of the fields on which mine and theirs differ.
pub(crate) fn differing(row: &ConflictRow) -> Vec<String> {
    let (Some(mine), Some(theirs)) = (&row.mine, &row.theirs) else {
        return Vec::new();
    };
    let differ = |(name, value): &(&String, &Value)| {
        theirs
            .fields
            .get(*name)
            .is_some_and(|other| other != *value)
    };
    let fields = mine.fields.iter().filter(differ);
    fields.map(|(name, _)| name.clone()).collect()
}

/// One side as it is shown; `here` is this till.
pub(crate) fn side(side: &ConflictSide, here: uuid::Uuid, writes: Writes) -> SideView {
    let told = side
        .fields
        .iter()
        .filter(|(name, value)| says_something(name, value));
    let fields = told.map(|(name, value)| FieldView {
        name: name.clone(),
        label: label(name),
        text: value_text(name, value, writes),
        value: value.clone(),
    });
    let nobody = || match side.till {
        Some(_) => "Somebody".to_owned(),
        // A sum of movements is nobody's word.
        None if side.fields.contains_key("quantity_milli") => "Computed".to_owned(),
        None => "Head office".to_owned(),
    };
    SideView {
        who: side.operator_name.clone().unwrap_or_else(nobody),
        till: side.till_name.clone().unwrap_or_default(),
        at_ms: side.at_ms,
        here: side.till == Some(here),
        fields: fields.collect(),
    }
}

/// What a choice's consequence says already, and sums of nothing, only push the choices off the screen.
fn says_something(name: &str, value: &Value) -> bool {
    match name {
        "if_accepted_milli" => false,
        "unseen_milli" | "unseen_later_milli" => value.as_i64() != Some(0),
        _ => true,
    }
}

/// A field's name in words.
fn label(name: &str) -> String {
    let known = match name {
        "price_minor" => "Price",
        "name" => "Name",
        "code" => "Article code",
        "unit" => "Unit",
        "category" => "Category",
        "tax_class" => "Tax class",
        "tax_rate_bp" => "Tax rate",
        "barcodes" => "Barcodes",
        "quantity_milli" => "Stock",
        "counted_milli" => "Counted",
        "shown_milli" => "Shown before",
        "if_accepted_milli" => "Stock if the count is accepted",
        "unseen_milli" => "Moved elsewhere",
        "unseen_later_milli" => "Of it later",
        "receipt_number" => "Receipt",
        "gross_minor" => "Total",
        "given_back_milli" => "Given back",
        "sold_milli" => "Sold",
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

fn value_text(name: &str, value: &Value, writes: Writes) -> String {
    match value {
        Value::Null if name == "price_minor" => "asked at the till".to_owned(),
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => match number.as_i64() {
            Some(minor) if name.ends_with("_minor") => format_minor(minor, writes.currency),
            Some(milli) if name.ends_with("_milli") => quantity_text(milli, writes.unit),
            Some(rate) if name.ends_with("_bp") => format!("{} %", format_rate_bp(rate)),
            Some(_) | None => number.to_string(),
        },
        Value::String(text) => text.clone(),
        Value::Array(many) if many.is_empty() => "none".to_owned(),
        Value::Array(many) => {
            let texts: Vec<String> = many.iter().map(|one| value_text("", one, writes)).collect();
            texts.join(", ")
        }
        Value::Object(_) => value.to_string(),
    }
}

fn milli(side: &ConflictSide, name: &str) -> Option<i64> {
    side.fields.get(name).and_then(Value::as_i64)
}

#[cfg(test)]
mod tests;
