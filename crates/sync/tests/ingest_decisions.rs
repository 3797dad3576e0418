//! Decisions on edits, and who may command.

mod common;

use std::collections::BTreeSet;

use common::ModelCloud;
use common::ModelTill;
use common::bodies::{created, edited, priced, product, settled};
use common::edits::{ACCEPTED, EDIT_CONFLICT, edit, price_conflict, push, row, told, two_tills};
use domain::Role;
use protocol::body::{OpBody, ProductEditedV1};
use protocol::conflict::{ConflictKind, Decision};
use protocol::outcome::{Outcome, OutcomeCode};
use sync::effects::FieldGroup;
use sync::ingest::OperatorNow;
use uuid::Uuid;

#[test]
fn keeping_mine_puts_the_proposal_on_top_under_a_new_version() {
    let (mut one, mut two, mut cloud, result) = price_conflict();
    two.record_edit(edit("Green tea", 0), &[("names", 1)]);
    push(&mut cloud, &two);
    one.record(settled(result.conflict.unwrap(), 1, Decision::KeepMine));
    let decided = push(&mut cloud, &one);
    assert_eq!(told(&decided), ACCEPTED);
    let now = &cloud.products[&product(1)];
    assert_eq!(now.fields.price_minor, Some(120), "the proposal");
    assert_eq!(now.fields.name, "Green tea", "on top of the latest");
    assert_eq!(
        now.groups[&FieldGroup::Price].version,
        cloud.log.len() as u64
    );
    let row = row(&cloud, &result);
    let settled = row.settled.expect("it is settled");
    assert_eq!(settled.op_id, Some(decided.op_id), "by that op");
    assert_eq!(settled.decision, Some(Decision::KeepMine));
    assert_eq!(row.version, 2, "a change like any other");
}

#[test]
fn keeping_theirs_changes_nothing_but_the_conflict() {
    let (mut one, _, mut cloud, result) = price_conflict();
    let before = cloud.products.clone();
    one.record(settled(result.conflict.unwrap(), 1, Decision::KeepTheirs));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    assert_eq!(cloud.products, before);
    assert!(row(&cloud, &result).settled.is_some());
}

#[test]
fn field_by_field_writes_the_product_as_it_was_decided() {
    let (mut one, _, mut cloud, result) = price_conflict();
    let decide = |product: Option<ProductEditedV1>| {
        let OpBody::ConflictSettledV1(mut body) =
            settled(result.conflict.unwrap(), 1, Decision::FieldByField)
        else {
            unreachable!("a decision is a decision")
        };
        body.product = product;
        OpBody::ConflictSettledV1(body)
    };
    one.record(decide(None));
    let refused = (Outcome::Rejected, Some(OutcomeCode::NotAllowed));
    assert_eq!(told(&push(&mut cloud, &one)), refused, "it says nothing");
    one.record(decide(Some(edited(product(2), "Tea", 1))));
    assert_eq!(told(&push(&mut cloud, &one)), refused, "another product");
    one.record(decide(Some(edited(product(1), "Tea", 135))));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    let now = &cloud.products[&product(1)];
    assert_eq!(now.fields.price_minor, Some(135));
    assert_eq!(
        now.groups[&FieldGroup::Names].version,
        1,
        "what stayed keeps its version"
    );
}

#[test]
fn field_by_field_leaves_alone_what_nobody_disputed() {
    for (disputed, price_minor, name, why) in [
        (
            "price",
            Some(135),
            "Green tea",
            "the name was not in dispute",
        ),
        ("names", Some(150), "Mixed", "the price was not in dispute"),
    ] {
        let (mut one, mut two, mut cloud) = two_tills();
        let theirs = [(disputed, 1)];
        two.record_edit(edit("Their tea", 100), &theirs);
        push(&mut cloud, &two);
        one.record_edit(edit("My tea", 120), &theirs);
        let result = push(&mut cloud, &one);
        assert_eq!(told(&result), EDIT_CONFLICT, "both changed {disputed}");
        two.record_edit(edit("Green tea", 150), &[("price", 99), ("names", 99)]);
        assert_eq!(
            told(&push(&mut cloud, &two)),
            ACCEPTED,
            "meanwhile both changed"
        );
        let OpBody::ConflictSettledV1(mut body) =
            settled(result.conflict.unwrap(), 1, Decision::FieldByField)
        else {
            unreachable!("a decision is a decision")
        };
        body.product = Some(edited(product(1), "Mixed", 135));
        one.record(OpBody::ConflictSettledV1(body));
        assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
        let now = &cloud.products[&product(1)].fields;
        assert_eq!(
            (now.price_minor, now.name.as_str()),
            (price_minor, name),
            "{why}"
        );
    }
}

#[test]
fn a_decision_counts_once_and_only_on_what_was_seen() {
    let (mut one, mut two, mut cloud, result) = price_conflict();
    let id = result.conflict.unwrap();
    let changed = (Outcome::Conflict, Some(OutcomeCode::ConflictChanged));
    one.record(settled(id, 7, Decision::KeepMine));
    assert_eq!(told(&push(&mut cloud, &one)), changed, "another version");
    one.record(settled(Uuid::from_u128(1), 1, Decision::KeepMine));
    assert_eq!(told(&push(&mut cloud, &one)), changed, "no such conflict");
    one.record(settled(id, 1, Decision::AcceptCount));
    let refused = (Outcome::Rejected, Some(OutcomeCode::NotAllowed));
    assert_eq!(
        told(&push(&mut cloud, &one)),
        refused,
        "its kind has no such choice"
    );
    one.record(settled(id, 1, Decision::KeepTheirs));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    let before = cloud.products.clone();
    two.record(settled(id, 1, Decision::KeepMine));
    let late = push(&mut cloud, &two);
    let resolved = (Outcome::Conflict, Some(OutcomeCode::AlreadyResolved));
    assert_eq!(told(&late), resolved, "somebody was first");
    assert_eq!(late.conflict, Some(id), "and it is named");
    assert_eq!(cloud.products, before, "without effect");
    let open = cloud.conflicts.values().filter(|row| row.settled.is_none());
    let kinds: Vec<_> = open.map(|row| row.kind).collect();
    assert_eq!(
        kinds,
        [ConflictKind::Rejected],
        "only what was refused needs a person"
    );
}

#[test]
fn a_decision_of_another_branch_is_refused() {
    let (_, _, mut cloud, result) = price_conflict();
    let mut far = ModelTill::new(3);
    far.identity.branch = Uuid::from_u128(0xfa);
    far.record(settled(result.conflict.unwrap(), 1, Decision::KeepTheirs));
    let refused = (Outcome::Rejected, Some(OutcomeCode::NotAllowed));
    assert_eq!(told(&push(&mut cloud, &far)), refused);
    assert!(row(&cloud, &result).settled.is_none(), "it stays open");
}

#[test]
fn commands_need_the_right_and_facts_need_none() {
    let operator = |role: Role, active: bool, branches: Option<BTreeSet<Uuid>>| OperatorNow {
        name: "Ann".to_owned(),
        role,
        active,
        branches,
    };
    let here = ModelTill::new(1).identity.branch;
    let refused = (Outcome::Rejected, Some(OutcomeCode::NotAllowed));
    for (who, expected, why) in [
        (
            Some(operator(Role::Supervisor, true, None)),
            ACCEPTED,
            "has the right",
        ),
        (
            Some(operator(Role::Cashier, true, None)),
            refused,
            "has it not",
        ),
        (
            Some(operator(Role::Manager, false, None)),
            refused,
            "is not active",
        ),
        (
            Some(operator(Role::Manager, true, Some([here].into()))),
            ACCEPTED,
            "belongs to the branch",
        ),
        (
            Some(operator(Role::Manager, true, Some(BTreeSet::new()))),
            refused,
            "belongs to another branch",
        ),
        (None, refused, "is not known, and others are"),
    ] {
        let (mut one, _, mut cloud) = two_tills();
        cloud
            .operators
            .insert(Uuid::from_u128(1), operator(Role::Manager, true, None));
        cloud
            .operators
            .extend(who.map(|who| (common::bodies::OPERATOR, who)));
        one.record_edit(priced(product(1), 120), &[("price", 1)]);
        let result = push(&mut cloud, &one);
        assert_eq!(told(&result), expected, "an operator who {why}");
        if expected == refused {
            let row = row(&cloud, &result);
            assert_eq!(row.kind, ConflictKind::Rejected, "a person sees it");
            assert_eq!(
                row.mine.unwrap().fields["price_minor"],
                120,
                "with what was wanted"
            );
            assert_eq!(cloud.products[&product(1)].fields.price_minor, None);
        }
        one.sell(product(1), 1);
        assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED, "a sale is a fact");
    }
}

#[test]
fn a_cashier_may_make_an_article_with_an_approval_that_the_op_does_not_name() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    let cashier = OperatorNow {
        name: "Ann".to_owned(),
        role: Role::Cashier,
        active: true,
        branches: None,
    };
    cloud.operators.insert(common::bodies::OPERATOR, cashier);
    till.record(created(product(1), "Tea"));
    assert_eq!(told(&push(&mut cloud, &till)), ACCEPTED);
}
