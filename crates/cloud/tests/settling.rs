//! Edits, counts, decisions and rights on real stores: the same rows in both.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::shop::{On, Shop, TEA, at, count, decide, price, record};
use common::{World, body};
use protocol::Outcome;
use protocol::body::OpBody;
use protocol::conflict::Decision;
use uuid::Uuid;

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
