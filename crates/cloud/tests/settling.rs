//! Edits, counts, decisions and un-parking on real stores: the same rows in both.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use cloud::store::postgres::PgStore;
use common::both::{Both, job};
use common::{StandingClock, Till, World, body, entropy};
use protocol::body::{AsOfV1, ConflictSettledV1, CountedV1, OpBody, PriceSetV1, StockCountedV1};
use protocol::conflict::Decision;
use protocol::hlc::Hlc;
use protocol::op::{Actor, Base, OpDraft, Seal};
use protocol::outcome::OutcomeCode;
use protocol::wire::PushAnswer;
use protocol::{Outcome, StoredOp};
use serde_json::Value;
use uuid::Uuid;

const TEA: u128 = 0x7ea;
const TENANT: u128 = 0xacce;
const BRANCH: u128 = 0xb4;

/// Who, when, and on what an op is made.
#[derive(Clone, Default)]
struct On<'a> {
    hlc: u64,
    operator: u128,
    base: &'a [(&'a str, u64)],
    after: Vec<Uuid>,
}

fn at(hlc: u64) -> On<'static> {
    On {
        hlc,
        ..On::default()
    }
}

fn bytes(till: &Till, op_id: Uuid, on: &On<'_>, body: OpBody) -> Vec<u8> {
    let base = on.base.iter().map(|(group, version)| Base {
        entity: format!("product:{}", Uuid::from_u128(TEA)),
        group: (*group).to_owned(),
        version: *version,
    });
    let draft = OpDraft {
        op_id,
        actor: Actor {
            operator: Uuid::from_u128(on.operator),
            session: None,
        },
        shift: None,
        business_date: "2026-11-20".into(),
        after: on.after.clone(),
        base: base.collect(),
        body,
    };
    let seal = Seal {
        hlc: Hlc {
            ms: on.hlc,
            counter: 0,
        },
        ..till.sealing()
    };
    draft.seal(&seal).expect("the op is small")
}

fn record(till: &mut Till, on: &On<'_>, body: OpBody) -> StoredOp {
    let op_id = till.mint();
    let bytes = bytes(till, op_id, on, body);
    till.append(op_id, bytes)
}

fn price(price_minor: i64) -> OpBody {
    OpBody::PriceSetV1(PriceSetV1 {
        product_id: Uuid::from_u128(TEA),
        price_minor: Some(price_minor),
    })
}

fn count(counted_milli: i64, seen: Option<(Uuid, u64)>) -> OpBody {
    OpBody::StockCountedV1(StockCountedV1 {
        count_id: Uuid::from_u128(1),
        lines: vec![CountedV1 {
            product_id: Uuid::from_u128(TEA),
            counted_milli,
            shown_milli: 0,
        }],
        as_of: AsOfV1 {
            cloud_epoch: seen.map(|(epoch, _)| epoch),
            row_version: seen.map_or(0, |(_, version)| version),
        },
        reason: Some("a quiet hour".into()),
    })
}

fn decide(conflict: Uuid, expected_version: u32, decision: Decision) -> OpBody {
    OpBody::ConflictSettledV1(Box::new(ConflictSettledV1 {
        conflict,
        expected_version,
        decision,
        product: None,
        note: Some("as agreed".into()),
    }))
}

/// Two tills of one branch that speak to both stores.
struct Shop {
    both: Both,
    tills: [Till; 2],
    sent: [usize; 2],
    pushes: u128,
}

impl Shop {
    async fn start() -> Self {
        let both = Both::start().await;
        let mut tills = [Till::new(1), Till::new(2)];
        for till in &mut tills {
            both.enrol(till, TENANT, BRANCH).await;
        }
        Self {
            both,
            tills,
            sent: [0; 2],
            pushes: 0,
        }
    }

    /// Records an op at a till and brings it to both; what both say of it.
    async fn op(&mut self, n: usize, on: On<'_>, body: OpBody) -> Said {
        record(&mut self.tills[n], &on, body);
        self.push(n).await.pop().expect("an answer")
    }

    async fn push(&mut self, n: usize) -> Vec<Said> {
        let till = &self.tills[n];
        let request = till.push_request(&till.ops[self.sent[n]..]);
        self.sent[n] = till.ops.len();
        self.pushes += 1;
        let key = Uuid::from_u128(self.pushes);
        let job = job(till, key, 10_000 + self.pushes as i64, request);
        let [one, other] = self.both.push(&job).await;
        assert_eq!(one, other, "both stores answer the same");
        let results = one["runs"][0]["results"].as_array().expect("results");
        results.iter().map(Said::of).collect()
    }

    async fn books_agree(&self) -> std::collections::BTreeMap<String, Vec<String>> {
        let [mut one, other] = self.both.books().await;
        for (table, rows) in &one {
            assert_eq!(rows, &other[table], "table {table}");
        }
        one.retain(|_, rows| !rows.is_empty());
        one
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Said {
    outcome: String,
    code: String,
    conflict: Option<Uuid>,
}

impl Said {
    fn of(result: &Value) -> Self {
        Self {
            outcome: result["outcome"].as_str().unwrap_or_default().to_owned(),
            code: result["code"].as_str().unwrap_or_default().to_owned(),
            conflict: serde_json::from_value(result["conflict"].clone()).expect("an id or none"),
        }
    }

    fn is(&self, outcome: &str, code: &str) -> Uuid {
        assert_eq!((self.outcome.as_str(), self.code.as_str()), (outcome, code));
        self.conflict.unwrap_or_default()
    }
}

#[tokio::test]
async fn an_edit_conflict_is_kept_and_settled_alike_in_both_stores() {
    let mut shop = Shop::start().await;
    let made = shop.op(0, at(1), body::product(TEA, "Tea")).await;
    made.is("accepted", "");
    let on = |base| On {
        base,
        ..On::default()
    };
    shop.op(0, on(&[("price", 1)]), price(110))
        .await
        .is("accepted", "");
    shop.op(1, on(&[("price", 2)]), price(150))
        .await
        .is("accepted", "");
    let told = shop.op(0, on(&[("price", 2)]), price(120)).await;
    let conflict = told.is("conflict", "EDIT_CONFLICT");
    let books = shop.books_agree().await;
    let row = &books["conflict"][0];
    for words in [
        "\"price_minor\":120",
        "\"price_minor\":150",
        "\"price_minor\":110",
        "Till 1",
    ] {
        assert!(row.contains(words), "{words} is in {row}");
    }
    assert_eq!(
        books["product_group_past"].len(),
        2,
        "what was replaced is kept"
    );

    let mine = decide(conflict, 1, Decision::KeepMine);
    shop.op(0, at(5), mine.clone()).await.is("accepted", "");
    shop.op(1, at(6), mine)
        .await
        .is("conflict", "ALREADY_RESOLVED");
    let books = shop.books_agree().await;
    assert!(
        books["product"][0].contains(" 120 "),
        "{:?}",
        books["product"]
    );
    assert!(books["conflict"][0].contains("\"decision\":\"keep_mine\""));
    assert!(books["conflict"][0].contains("as agreed"), "in their words");
    assert_eq!(books["conflict"].len(), 1, "who came second needs nobody");
}

#[tokio::test]
async fn a_count_race_is_told_and_settled_alike_in_both_stores() {
    let mut shop = Shop::start().await;
    let received = body::moved(Uuid::from_u128(1), TEA, 10_000);
    shop.op(0, at(10), received).await.is("accepted", "");
    let broken = body::moved(Uuid::from_u128(2), TEA, -2_000);
    shop.op(1, at(20), broken).await.is("accepted", "");
    let missed = shop.op(0, at(50), count(7_000, None)).await;
    let race = missed.is("conflict", "COUNT_RACE");
    let later = body::moved(Uuid::from_u128(3), TEA, -1_000);
    shop.op(1, at(60), later).await.is("accepted", "");
    let accept = decide(race, 1, Decision::AcceptCount);
    shop.op(1, at(70), accept).await.is("accepted", "");
    let books = shop.books_agree().await;
    assert!(
        books["stock"][0].contains(" 6000 "),
        "7 counted, 1 left since: {:?}",
        books["stock"]
    );
    // A sale of before the count that arrives only now.
    let late = body::sale(Uuid::from_u128(4), TEA);
    shop.op(1, at(40), late).await.is("conflict", "COUNT_RACE");
    shop.books_agree().await;
}

#[tokio::test]
async fn below_zero_opens_anew_after_it_was_settled_in_both_stores() {
    let mut shop = Shop::start().await;
    shop.op(0, at(1), count(0, None)).await.is("accepted", "");
    let sale = |n| body::sale(Uuid::from_u128(n), TEA);
    let first = shop
        .op(0, at(2), sale(2))
        .await
        .is("conflict", "NEGATIVE_STOCK");
    let same = shop
        .op(1, at(3), sale(3))
        .await
        .is("conflict", "NEGATIVE_STOCK");
    assert_eq!(first, same, "one open for an article of a branch");
    let stale = decide(first, 1, Decision::KeepComputed);
    shop.op(0, at(4), stale)
        .await
        .is("conflict", "CONFLICT_CHANGED");
    let keep = decide(first, 2, Decision::KeepComputed);
    shop.op(0, at(5), keep).await.is("accepted", "");
    let anew = shop
        .op(1, at(6), sale(6))
        .await
        .is("conflict", "NEGATIVE_STOCK");
    assert_ne!(anew, first, "a new question");
    shop.books_agree().await;
}

#[tokio::test]
async fn one_poison_op_among_500_of_all_kinds_is_parked_alike_in_both_stores() {
    let mut shop = Shop::start().await;
    for n in 0..500_u128 {
        let body = match n {
            250 => {
                let OpBody::SaleRecordedV1(mut sale) = body::sale(Uuid::from_u128(n), 9) else {
                    unreachable!("a sale is a sale")
                };
                sale.totals.net_minor = i64::MAX;
                OpBody::SaleRecordedV1(sale)
            }
            0 => body::product(TEA, "Tea"),
            _ if n % 10 == 3 => count(100_000 + n as i64 * 1_000, None),
            _ if n % 10 == 7 => price(n as i64),
            _ => body::sale(Uuid::from_u128(n), TEA),
        };
        let on = On {
            hlc: n as u64 + 1,
            base: &[("price", 0)],
            ..On::default()
        };
        record(&mut shop.tills[0], &on, body);
    }
    let told = shop.push(0).await;
    let parked: Vec<_> = told
        .iter()
        .filter(|said| said.outcome == "parked")
        .collect();
    assert_eq!(parked.len(), 1, "one alone");
    assert_eq!(parked[0].code, "APPLY_ERROR");
    let applied = told
        .iter()
        .filter(|said| said.outcome == "accepted")
        .count();
    assert_eq!(applied, 499, "its neighbours go on, in order");
    let books = shop.books_agree().await;
    assert!(books["product"][0].contains(" 497 "), "the last price");
    // The last count was 593 pieces; 494, 495, 496, 498 and 499 were sold after it.
    assert!(
        books["stock"].iter().any(|row| row.contains(" 588000 ")),
        "{:?}",
        books["stock"]
    );
}

#[tokio::test]
async fn head_office_decides_who_may_edit_and_never_who_may_sell() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.record(body::product(TEA, "Tea"));
    world.push(&till, &till.push_request(&till.ops)).await;
    let sql = world.sql();
    for (id, role, active) in [(1_u128, "manager", 1), (2, "cashier", 1), (3, "manager", 0)] {
        sql.execute(
            "INSERT INTO operator (tenant, operator_id, name, role, active, rv)
             VALUES (?1, ?2, 'Ann', ?3, ?4, 1)",
            rusqlite::params![
                till.identity.tenant.as_bytes(),
                Uuid::from_u128(id).as_bytes(),
                role,
                active
            ],
        )
        .expect("an operator");
    }
    for (operator, outcome, why) in [
        (1, Outcome::Accepted, "a manager"),
        (2, Outcome::Rejected, "a cashier"),
        (3, Outcome::Rejected, "a manager of yesterday"),
        (4, Outcome::Rejected, "nobody that is known"),
    ] {
        let on = On {
            operator,
            base: &[("price", 1)],
            ..On::default()
        };
        record(&mut till, &on, price(100 + operator as i64));
        record(&mut till, &on, body::sale(Uuid::from_u128(operator), TEA));
        let fresh = till.push_request(&till.ops[till.ops.len() - 2..]);
        let answer = world.push(&till, &fresh).await;
        let [edit, sale] = &answer.runs[0].results[..] else {
            panic!("two answers")
        };
        assert_eq!(edit.outcome, outcome, "{why}");
        assert_eq!(sale.outcome, Outcome::Accepted, "{why} sells");
    }
    assert_eq!(world.count("SELECT price_minor FROM product"), 101);
    assert_eq!(
        world.count("SELECT count(*) FROM conflict WHERE kind = 'REJECTED'"),
        3,
        "each refusal needs a person"
    );
}

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
