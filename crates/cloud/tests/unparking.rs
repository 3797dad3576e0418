//! What an older cloud had to park, judged by a newer one when it starts.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use cloud::store::postgres::PgStore;
use common::both::{Both, job};
use common::shop::{BRANCH, On, TEA, TENANT, at, bytes, count, record};
use common::{StandingClock, Till, World, body, entropy};
use protocol::Outcome;
use protocol::outcome::OutcomeCode;
use protocol::wire::PushAnswer;
use uuid::Uuid;

/// Bytes that an older program could not read, as the newer one reads them.
const OLDER: &str = "UPDATE op_log SET op = ?1, op_hash = ?2 WHERE seq = 1";

fn results(answer: &PushAnswer) -> Vec<(Outcome, Option<OutcomeCode>)> {
    let results = answer.runs[0].results.iter();
    results.map(|one| (one.outcome, one.code)).collect()
}

/// A till whose first op is of a type of tomorrow; the second comes after it, the third counts what
/// it touches, the fourth is a sale. With the bytes that the first has once its type is known.
fn of_tomorrow(mut till: Till) -> (Till, Vec<u8>) {
    let first = till.mint();
    let known = bytes(&till, first, &at(1), body::moved(first, TEA, 5_000));
    let text = String::from_utf8(known.clone()).expect("JSON is text");
    let unknown = text.replace("stock_moved_v1", "stock_moved_v9");
    till.append(first, unknown.into_bytes());
    let second = On {
        hlc: 2,
        after: vec![first],
        ..On::default()
    };
    record(&mut till, &second, body::product(TEA, "Tea"));
    record(&mut till, &at(3), count(7_000, None));
    record(&mut till, &at(4), body::sale(Uuid::from_u128(0x5a1e), TEA));
    (till, known)
}

const WAITING: [(Outcome, Option<OutcomeCode>); 4] = [
    (Outcome::Parked, Some(OutcomeCode::UnknownType)),
    (Outcome::Parked, Some(OutcomeCode::DependsOnParked)),
    (Outcome::Parked, Some(OutcomeCode::DependsOnParked)),
    (Outcome::Accepted, None),
];

#[tokio::test]
async fn an_upgrade_judges_what_was_parked_once_and_in_order() {
    let mut world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let (till, known) = of_tomorrow(till);
    let request = till.push_request(&till.ops);
    let answer = world.push(&till, &request).await;
    assert_eq!(results(&answer), WAITING);
    assert_eq!(
        world.count("SELECT count(*) FROM conflict WHERE kind = 'PARKED'"),
        3
    );

    world
        .sql()
        .execute_batch("DROP TRIGGER op_log_keeps_bytes")
        .expect("a test's own database");
    let hash = protocol::chain::op_hash(&known);
    let done = world
        .sql()
        .execute(OLDER, rusqlite::params![known, hash.as_bytes()]);
    assert_eq!(done.expect("the bytes"), 1, "now they can be read");
    for _ in 0..2 {
        world.restart().await;
        assert_eq!(
            world.count("SELECT count(*) FROM op_unparked"),
            3,
            "each once"
        );
        assert_eq!(
            world.count("SELECT quantity_milli FROM stock"),
            6_000,
            "5 came, 7 were counted, 1 was sold after that"
        );
        assert_eq!(
            world.count("SELECT sum(delta_milli) FROM stock_ledger"),
            6_000
        );
        assert_eq!(world.count("SELECT count(*) FROM product"), 1);
        let by_upgrade = "SELECT count(*) FROM conflict WHERE status = 'settled'
                          AND json_extract(settled, '$.op_id') IS NULL";
        assert_eq!(world.count(by_upgrade), 3, "nobody had to");
        assert_eq!(
            world.count("SELECT count(*) FROM parked_touch"),
            0,
            "nothing waits"
        );
    }
    let kept = "SELECT count(*) FROM op_log WHERE outcome = 'parked'";
    assert_eq!(world.count(kept), 3, "the log keeps what was said then");
}

#[tokio::test]
async fn postgres_judges_what_was_parked_when_it_opens() {
    let both = Both::start().await;
    let mut till = Till::new(1);
    both.enrol(&mut till, TENANT, BRANCH).await;
    let (till, known) = of_tomorrow(till);
    let request = till.push_request(&till.ops);
    both.push(&job(&till, Uuid::from_u128(1), 10_000, request))
        .await;
    let hash = protocol::chain::op_hash(&known);
    let client = both.database.client().await;
    client
        .batch_execute("ALTER TABLE op_log DISABLE TRIGGER USER")
        .await
        .expect("a test's own database");
    let older = "UPDATE op_log SET op = $1, op_hash = $2 WHERE seq = 1";
    let hash = hash.as_bytes().as_slice();
    client
        .execute(older, &[&known, &hash])
        .await
        .expect("the bytes");
    for _ in 0..2 {
        PgStore::open(&both.database.url(), &StandingClock::default(), &*entropy())
            .await
            .expect("it opens");
        let row = client
            .query_one(
                "SELECT (SELECT count(*) FROM op_unparked), (SELECT sum(quantity_milli)::bigint FROM stock),
                        (SELECT sum(delta_milli)::bigint FROM stock_ledger),
                        (SELECT count(*) FROM conflict WHERE status = 'settled')",
                &[],
            )
            .await
            .expect("figures");
        let figures: [i64; 4] = [row.get(0), row.get(1), row.get(2), row.get(3)];
        assert_eq!(figures, [3, 6_000, 6_000, 3], "once, in order, and told");
    }
}

#[tokio::test]
async fn a_dead_letter_from_before_there_were_conflicts_is_shown_after_an_upgrade() {
    let mut world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.append(Uuid::nil(), b"[\"no op at all\"]".to_vec());
    world.push(&till, &till.push_request(&till.ops)).await;
    let old = "DELETE FROM conflict; DELETE FROM parked_touch";
    world.sql().execute_batch(old).expect("as it was before");
    for _ in 0..2 {
        world.restart().await;
        let open = "SELECT count(*) FROM conflict WHERE kind = 'PARKED' AND status = 'open'";
        assert_eq!(world.count(open), 1, "a person is told, once");
        assert_eq!(world.count("SELECT count(*) FROM op_unparked"), 0);
    }
}
