//! Edits of products: what merges, what is a conflict, what is kept of both sides.

mod common;

use common::bodies::{created, priced, product, settled};
use common::edits::{ACCEPTED, EDIT_CONFLICT, edit, price_conflict, push, row, told, two_tills};
use common::{ModelCloud, ModelTill};
use protocol::conflict::{ConflictKind, Decision};
use protocol::outcome::{Outcome, OutcomeCode};
use sync::effects::FieldGroup;
use sync::ingest::NamedException;

#[test]
fn an_edit_writes_the_groups_it_names_and_no_other() {
    let (mut one, _, mut cloud) = two_tills();
    one.record_edit(edit("Other tea", 120), &[("price", 1)]);
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
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
    assert_eq!(told(&push(&mut cloud, &till)), ACCEPTED);
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
    assert_eq!(told(&push(&mut cloud, &two)), ACCEPTED);
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
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    assert_eq!(cloud.products[&product(1)].fields.price_minor, Some(120));
}

#[test]
fn two_edits_that_say_the_same_agree() {
    let (mut one, mut two, mut cloud) = two_tills();
    one.record_edit(priced(product(1), 120), &[("price", 1)]);
    two.record_edit(priced(product(1), 120), &[("price", 1)]);
    push(&mut cloud, &one);
    assert_eq!(told(&push(&mut cloud, &two)), ACCEPTED, "nothing to choose");
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
    assert_eq!(told(&push(&mut cloud, &two)), EDIT_CONFLICT);
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
    assert_eq!(told(&result), EDIT_CONFLICT);
    let theirs = row(&cloud, &result).theirs.unwrap();
    assert_eq!(theirs.fields["deleted"], true, "a person sees why");
    two.record(settled(result.conflict.unwrap(), 1, Decision::KeepMine));
    assert_eq!(told(&push(&mut cloud, &two)), ACCEPTED);
    let now = &cloud.products[&product(1)];
    assert_eq!((now.deleted, now.fields.price_minor), (false, Some(120)));
}

#[test]
fn a_price_of_an_article_that_the_cloud_does_not_hold_is_a_dead_letter() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record_edit(priced(product(9), 1), &[("price", 0)]);
    let result = push(&mut cloud, &till);
    assert_eq!(
        told(&result),
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
    assert_eq!(told(&push(&mut cloud, &one)), parked);
}

#[test]
fn a_product_made_twice_keeps_the_first() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record(created(product(1), "Tea"));
    till.record(created(product(1), "Coffee"));
    let answer = cloud.push(&till.all(), &till.till_key());
    let second = answer.runs.iter().flat_map(|run| &run.results).nth(1);
    assert_eq!(second.map(told), Some(EDIT_CONFLICT), "a person looks");
    assert_eq!(cloud.products[&product(1)].fields.name, "Tea");
}
