//! Two tills that edit one product.

use protocol::body::OpBody;
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::wire::OpResult;
use sync::ingest::ConflictNow;

use super::bodies::{created, edited, priced, product};
use super::{ModelCloud, ModelTill};

/// Pushes all that a till has; the result of its last op.
pub fn push(cloud: &mut ModelCloud, till: &ModelTill) -> OpResult {
    let answer = cloud.push(&till.all(), &till.till_key());
    let mut results = answer.runs.into_iter().flat_map(|run| run.results);
    results.next_back().unwrap()
}

/// Two tills that know a product at version 1, made by the first of them.
pub fn two_tills() -> (ModelTill, ModelTill, ModelCloud) {
    let (mut one, two) = (ModelTill::new(1), ModelTill::new(2));
    let mut cloud = ModelCloud::default();
    one.record(created(product(1), "Tea"));
    push(&mut cloud, &one);
    (one, two, cloud)
}

pub fn edit(name: &str, price_minor: i64) -> OpBody {
    OpBody::ProductEditedV1(edited(product(1), name, price_minor))
}

pub fn told(outcome: &OpResult) -> (Outcome, Option<OutcomeCode>) {
    (outcome.outcome, outcome.code)
}

pub const EDIT_CONFLICT: (Outcome, Option<OutcomeCode>) =
    (Outcome::Conflict, Some(OutcomeCode::EditConflict));
pub const ACCEPTED: (Outcome, Option<OutcomeCode>) = (Outcome::Accepted, None);

pub fn row(cloud: &ModelCloud, result: &OpResult) -> ConflictNow {
    cloud.conflicts[&result.conflict.expect("a conflict is named")].clone()
}

/// A conflict on the price: 150 by the second till stands, 120 by the first waits.
pub fn price_conflict() -> (ModelTill, ModelTill, ModelCloud, OpResult) {
    let (mut one, mut two, mut cloud) = two_tills();
    let first = one.clone();
    one.record_edit(priced(product(1), 100), &[("price", 1)]);
    assert_eq!(
        told(&push(&mut cloud, &one)),
        ACCEPTED,
        "price is 100, version 2"
    );
    two.record_edit(priced(product(1), 150), &[("price", 2)]);
    assert_eq!(
        told(&push(&mut cloud, &two)),
        ACCEPTED,
        "price is 150, version 3"
    );
    assert_eq!(first.ops().count(), 1);
    one.record_edit(priced(product(1), 120), &[("price", 2)]);
    let result = push(&mut cloud, &one);
    assert_eq!(told(&result), EDIT_CONFLICT);
    (one, two, cloud, result)
}
