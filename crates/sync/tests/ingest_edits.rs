//! Edits of products: what merges, what is a conflict, what a decision writes, who may.

mod common;

use std::collections::BTreeSet;

use common::bodies::{created, edited, priced, product, settled};
use common::{ModelCloud, ModelTill};
use domain::Role;
use protocol::body::{OpBody, ProductEditedV1};
use protocol::conflict::{ConflictKind, Decision};
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::wire::OpResult;
use sync::effects::FieldGroup;
use sync::ingest::{ConflictNow, NamedException, OperatorNow};
use uuid::Uuid;

/// Pushes all that a till has; the result of its last op.
fn push(cloud: &mut ModelCloud, till: &ModelTill) -> OpResult {
    let answer = cloud.push(&till.all(), &till.till_key());
    let mut results = answer.runs.into_iter().flat_map(|run| run.results);
    results.next_back().unwrap()
}

/// Two tills that know a product at version 1, made by the first of them.
fn two_tills() -> (ModelTill, ModelTill, ModelCloud) {
    let (mut one, two) = (ModelTill::new(1), ModelTill::new(2));
    let mut cloud = ModelCloud::default();
    one.record(created(product(1), "Tea"));
    push(&mut cloud, &one);
    (one, two, cloud)
}

fn edit(name: &str, price_minor: i64) -> OpBody {
    OpBody::ProductEditedV1(edited(product(1), name, price_minor))
}

fn conflict(outcome: &OpResult) -> (Outcome, Option<OutcomeCode>) {
    (outcome.outcome, outcome.code)
}

const EDIT_CONFLICT: (Outcome, Option<OutcomeCode>) =
    (Outcome::Conflict, Some(OutcomeCode::EditConflict));
const ACCEPTED: (Outcome, Option<OutcomeCode>) = (Outcome::Accepted, None);

fn row(cloud: &ModelCloud, result: &OpResult) -> ConflictNow {
    cloud.conflicts[&result.conflict.expect("a conflict is named")].clone()
}

/// A conflict on the price: 150 by the second till stands, 120 by the first waits.
fn price_conflict() -> (ModelTill, ModelTill, ModelCloud, OpResult) {
    let (mut one, mut two, mut cloud) = two_tills();
    let first = one.clone();
    one.record_edit(priced(product(1), 100), &[("price", 1)]);
    assert_eq!(
        conflict(&push(&mut cloud, &one)),
        ACCEPTED,
        "price is 100, version 2"
    );
    two.record_edit(priced(product(1), 150), &[("price", 2)]);
    assert_eq!(
        conflict(&push(&mut cloud, &two)),
        ACCEPTED,
        "price is 150, version 3"
    );
    assert_eq!(first.ops().count(), 1);
    one.record_edit(priced(product(1), 120), &[("price", 2)]);
    let result = push(&mut cloud, &one);
    assert_eq!(conflict(&result), EDIT_CONFLICT);
    (one, two, cloud, result)
}

#[test]
fn an_edit_writes_the_groups_it_names_and_no_other() {
    let (mut one, _, mut cloud) = two_tills();
    one.record_edit(edit("Other tea", 120), &[("price", 1)]);
    assert_eq!(conflict(&push(&mut cloud, &one)), ACCEPTED);
    let now = &cloud.products[&product(1)];
    assert_eq!(now.fields.price_minor, Some(120), "named");
    assert_eq!(now.fields.name, "Tea", "carried along, not named");
    assert_eq!(
        now.groups[&FieldGroup::Price].version,
        2,
        "a version of its own"
    );
    assert_eq!(now.groups[&FieldGroup::Names].version, 1, "the old one");
}

#[test]
fn a_product_that_the_cloud_lacks_is_made_whole() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record_edit(edit("Tea", 120), &[("price", 0)]);
    assert_eq!(conflict(&push(&mut cloud, &till)), ACCEPTED);
    let now = &cloud.products[&product(1)];
    assert_eq!(
        now.fields.name, "Tea",
        "an imported article comes whole with its first edit"
    );
    assert_eq!(now.groups.len(), 4, "and every group has its version");
}

#[test]
fn edits_of_different_groups_merge_by_a_named_exception() {
    let (mut one, mut two, mut cloud) = two_tills();
    one.record_edit(edit("Green tea", 0), &[("names", 1)]);
    two.record_edit(edit("Tea", 120), &[("price", 1)]);
    push(&mut cloud, &one);
    assert_eq!(conflict(&push(&mut cloud, &two)), ACCEPTED);
    let now = &cloud.products[&product(1)].fields;
    assert_eq!(
        (now.name.as_str(), now.price_minor),
        ("Green tea", Some(120))
    );
    let rules: Vec<_> = cloud.rules.iter().map(|used| used.rule).collect();
    assert_eq!(rules, [NamedException::OtherGroupsMerge], "and it is said");
}

#[test]
fn the_same_group_changed_since_is_a_conflict_with_both_sides_and_their_base() {
    let (_, _, cloud, result) = price_conflict();
    let row = row(&cloud, &result);
    assert_eq!(row.kind, ConflictKind::EditConflict);
    let price = |side: &Option<protocol::conflict::ConflictSide>| {
        side.as_ref().unwrap().fields["price_minor"].clone()
    };
    assert_eq!(price(&row.mine), 120, "what the till wanted");
    assert_eq!(price(&row.theirs), 150, "what stands");
    assert_eq!(price(&row.base), 100, "what both began from");
    let tills = [&row.mine, &row.theirs, &row.base].map(|side| side.as_ref().unwrap().till);
    let (one, two) = (ModelTill::new(1), ModelTill::new(2));
    let (one, two) = (Some(one.identity.till), Some(two.identity.till));
    assert_eq!(tills, [one, two, one], "who made each");
    assert_eq!(row.title.as_deref(), Some("Tea"));
    assert_eq!(
        cloud.products[&product(1)].fields.price_minor,
        Some(150),
        "stays"
    );
}

#[test]
fn a_till_goes_on_editing_what_it_edited_itself() {
    let (mut one, _, mut cloud) = two_tills();
    for price in [100, 110, 120] {
        // It has not heard of its own versions yet.
        one.record_edit(priced(product(1), price), &[("price", 1)]);
    }
    assert_eq!(conflict(&push(&mut cloud, &one)), ACCEPTED);
    assert_eq!(cloud.products[&product(1)].fields.price_minor, Some(120));
}

#[test]
fn two_edits_that_say_the_same_agree() {
    let (mut one, mut two, mut cloud) = two_tills();
    one.record_edit(priced(product(1), 120), &[("price", 1)]);
    two.record_edit(priced(product(1), 120), &[("price", 1)]);
    push(&mut cloud, &one);
    assert_eq!(
        conflict(&push(&mut cloud, &two)),
        ACCEPTED,
        "nothing to choose"
    );
    assert_eq!(
        cloud.rules[0].rule,
        NamedException::SameEdit,
        "and it is said"
    );
    assert_eq!(cloud.conflicts.len(), 0);
}

#[test]
fn one_stale_group_holds_the_whole_edit() {
    let (mut one, mut two, mut cloud) = two_tills();
    one.record_edit(priced(product(1), 150), &[("price", 1)]);
    push(&mut cloud, &one);
    two.record_edit(edit("Green tea", 120), &[("price", 1), ("names", 1)]);
    assert_eq!(conflict(&push(&mut cloud, &two)), EDIT_CONFLICT);
    assert_eq!(
        cloud.products[&product(1)].fields.name,
        "Tea",
        "nothing of it is applied"
    );
}

#[test]
fn an_edit_of_a_deleted_product_is_a_conflict_and_a_decision_brings_it_back() {
    let (_, mut two, mut cloud) = two_tills();
    cloud.products.get_mut(&product(1)).unwrap().deleted = true;
    two.record_edit(priced(product(1), 120), &[("price", 1)]);
    let result = push(&mut cloud, &two);
    assert_eq!(conflict(&result), EDIT_CONFLICT);
    let theirs = row(&cloud, &result).theirs.unwrap();
    assert_eq!(theirs.fields["deleted"], true, "a person sees why");
    two.record(settled(result.conflict.unwrap(), 1, Decision::KeepMine));
    assert_eq!(conflict(&push(&mut cloud, &two)), ACCEPTED);
    let now = &cloud.products[&product(1)];
    assert_eq!((now.deleted, now.fields.price_minor), (false, Some(120)));
}

#[test]
fn a_price_of_an_article_that_the_cloud_does_not_hold_is_a_dead_letter() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record_edit(priced(product(9), 1), &[("price", 0)]);
    let result = push(&mut cloud, &till);
    assert_eq!(
        conflict(&result),
        (Outcome::Parked, Some(OutcomeCode::ApplyError))
    );
    assert_eq!(
        row(&cloud, &result).kind,
        ConflictKind::Parked,
        "and a person is told"
    );
}

#[test]
fn a_group_of_a_newer_program_is_parked() {
    let (mut one, _, mut cloud) = two_tills();
    one.record_edit(edit("Tea", 1), &[("allergens", 1)]);
    let parked = (Outcome::Parked, Some(OutcomeCode::BodyUnreadable));
    assert_eq!(conflict(&push(&mut cloud, &one)), parked);
}

#[test]
fn keeping_mine_puts_the_proposal_on_top_under_a_new_version() {
    let (mut one, mut two, mut cloud, result) = price_conflict();
    two.record_edit(edit("Green tea", 0), &[("names", 1)]);
    push(&mut cloud, &two);
    one.record(settled(result.conflict.unwrap(), 1, Decision::KeepMine));
    let decided = push(&mut cloud, &one);
    assert_eq!(conflict(&decided), ACCEPTED);
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
    assert_eq!(conflict(&push(&mut cloud, &one)), ACCEPTED);
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
    assert_eq!(
        conflict(&push(&mut cloud, &one)),
        refused,
        "it says nothing"
    );
    one.record(decide(Some(edited(product(2), "Tea", 1))));
    assert_eq!(
        conflict(&push(&mut cloud, &one)),
        refused,
        "another product"
    );
    one.record(decide(Some(edited(product(1), "Tea", 135))));
    assert_eq!(conflict(&push(&mut cloud, &one)), ACCEPTED);
    let now = &cloud.products[&product(1)];
    assert_eq!(now.fields.price_minor, Some(135));
    assert_eq!(
        now.groups[&FieldGroup::Names].version,
        1,
        "what stayed keeps its version"
    );
}

#[test]
fn a_decision_counts_once_and_only_on_what_was_seen() {
    let (mut one, mut two, mut cloud, result) = price_conflict();
    let id = result.conflict.unwrap();
    let changed = (Outcome::Conflict, Some(OutcomeCode::ConflictChanged));
    one.record(settled(id, 7, Decision::KeepMine));
    assert_eq!(
        conflict(&push(&mut cloud, &one)),
        changed,
        "another version"
    );
    one.record(settled(Uuid::from_u128(1), 1, Decision::KeepMine));
    assert_eq!(
        conflict(&push(&mut cloud, &one)),
        changed,
        "no such conflict"
    );
    one.record(settled(id, 1, Decision::AcceptCount));
    let refused = (Outcome::Rejected, Some(OutcomeCode::NotAllowed));
    assert_eq!(
        conflict(&push(&mut cloud, &one)),
        refused,
        "its kind has no such choice"
    );
    one.record(settled(id, 1, Decision::KeepTheirs));
    assert_eq!(conflict(&push(&mut cloud, &one)), ACCEPTED);
    let before = cloud.products.clone();
    two.record(settled(id, 1, Decision::KeepMine));
    let late = push(&mut cloud, &two);
    let resolved = (Outcome::Conflict, Some(OutcomeCode::AlreadyResolved));
    assert_eq!(conflict(&late), resolved, "somebody was first");
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
    assert_eq!(conflict(&push(&mut cloud, &far)), refused);
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
        assert_eq!(conflict(&result), expected, "an operator who {why}");
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
        assert_eq!(
            conflict(&push(&mut cloud, &one)),
            ACCEPTED,
            "a sale is a fact"
        );
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
    assert_eq!(conflict(&push(&mut cloud, &till)), ACCEPTED);
}
