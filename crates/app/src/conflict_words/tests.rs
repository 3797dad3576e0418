//! What a person reads of a conflict, as tables.

use std::collections::BTreeMap;

use protocol::conflict::ConflictStatus;
use serde_json::json;
use uuid::Uuid;

use super::*;

fn row(kind: ConflictKind, mine: &[(&str, Value)], theirs: &[(&str, Value)]) -> ConflictRow {
    let side = |fields: &[(&str, Value)]| {
        let fields = fields.iter();
        let fields: BTreeMap<String, Value> = fields
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        (!fields.is_empty()).then(|| ConflictSide {
            fields,
            ..ConflictSide::default()
        })
    };
    ConflictRow {
        conflict: Uuid::nil(),
        kind,
        code: None,
        entity: "product:x".to_owned(),
        title: Some("Tea".to_owned()),
        branch: None,
        op_id: Uuid::nil(),
        status: ConflictStatus::Open,
        version: 1,
        opened_at_ms: 0,
        mine: side(mine),
        theirs: side(theirs),
        base: None,
        settled: None,
    }
}

fn writes() -> Writes {
    Writes {
        currency: Currency::from_code("GBP").expect("a known currency"),
        unit: Unit::Piece,
    }
}

#[test]
fn each_choice_says_what_happens_then_with_its_figures() {
    let counted = row(
        ConflictKind::CountRace,
        &[
            ("counted_milli", json!(10_000)),
            ("if_accepted_milli", json!(8_000)),
        ],
        &[
            ("quantity_milli", json!(9_000)),
            ("unseen_later_milli", json!(-2_000)),
        ],
    );
    let below = row(
        ConflictKind::NegativeStock,
        &[("quantity_milli", json!(-2_000))],
        &[],
    );
    let edited = row(
        ConflictKind::EditConflict,
        &[("price_minor", json!(310)), ("name", json!("Tea"))],
        &[("price_minor", json!(null)), ("name", json!("Tea"))],
    );
    let table = [
        (
            &counted,
            Decision::AcceptCount,
            "Stock becomes 8: 10 counted, 2 sold since taken off.",
        ),
        (
            &counted,
            Decision::KeepComputed,
            "Stock stays 9; the count of 10 is set aside.",
        ),
        (
            &counted,
            Decision::CountAgain,
            "You count the shelf once more. Stock stays 9 until then, and becomes what you find.",
        ),
        (
            &below,
            Decision::KeepComputed,
            "Stock stays -2; the next delivery or count brings it up.",
        ),
        (
            &edited,
            Decision::KeepMine,
            "On every till price becomes 3.10.",
        ),
        (
            &edited,
            Decision::KeepTheirs,
            "Nothing changes: price stays asked at the till. The other version is set aside.",
        ),
    ];
    for (row, decision, expected) in table {
        assert_eq!(
            consequence(decision, row, writes()),
            expected,
            "{:?} {decision:?}",
            row.kind
        );
    }
}

#[test]
fn every_kind_has_words_and_a_choice_for_each_decision_it_allows() {
    for kind in ConflictKind::ALL {
        let row = row(kind, &[], &[]);
        assert!(
            !words(&row, writes()).contains(kind.as_str()),
            "{kind:?} is told in words"
        );
        let choices = choices(&row, writes());
        let decisions: Vec<_> = choices.iter().map(|choice| choice.decision).collect();
        assert_eq!(decisions, kind.decisions(), "{kind:?}");
        assert!(
            choices
                .iter()
                .all(|choice| choice.consequence.ends_with('.')),
            "each in a sentence: {choices:?}"
        );
    }
}
