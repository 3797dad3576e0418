//! What is a branch's own: its stock, its people, its settings, what needs a person there.

use std::collections::BTreeSet;

use protocol::pull::{PullAnswer, PullScope, RowRead};
use uuid::Uuid;

use crate::both_stores;
use crate::common::World;
use crate::office::{Office, ask, page};

const TEA: u128 = 0x7ea;

async fn stock_tells_how_much_of_each_till_of_the_branch_is_in_it() {
    let world = World::start().await;
    let mut one = world.enrolled(1, "Acme", "High Street").await;
    let mut two = world.enrolled(2, "Acme", "High Street").await;
    let mut far = world.enrolled(3, "Acme", "Harbour").await;
    for till in [&mut one, &mut two, &mut far] {
        till.restock(TEA, 10_000);
        world.push(till, &till.push_request(&till.ops)).await;
    }
    let first = page(&world, &one, PullScope::Stock, None, 10).await;
    assert_eq!(
        first.rows.len(),
        1,
        "the other branch's stock is not visible"
    );
    let RowRead::Stock(level) = first.rows[0].read().unwrap() else {
        panic!("a row of stock is a row of stock");
    };
    assert_eq!(level.quantity_milli, 20_000, "both tills of the branch");
    let told: BTreeSet<_> = first.included.iter().map(|i| (i.segment, i.seq)).collect();
    let expected = BTreeSet::from([(one.segment, 1), (two.segment, 1)]);
    assert_eq!(told, expected, "both streams are in it, the far one is not");

    two.sell(TEA);
    world.push(&two, &two.push_request(&two.ops[1..])).await;
    let next = page(&world, &one, PullScope::Stock, Some(&first.next), 10).await;
    let told: Vec<_> = next.included.iter().map(|i| (i.segment, i.seq)).collect();
    assert_eq!(told, [(two.segment, 2)], "only what moved is told again");
    let again = page(&world, &one, PullScope::Stock, Some(&next.next), 10).await;
    assert!(
        again.included.is_empty() && again.rows.is_empty(),
        "nothing moved"
    );
}

async fn every_page_of_a_round_tells_all_heads_so_that_the_last_one_alone_is_enough() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for product in 0..4 {
        till.restock(TEA + product, 1_000);
    }
    world.push(&till, &till.push_request(&till.ops)).await;
    let first = page(&world, &till, PullScope::Stock, None, 2).await;
    let last = page(&world, &till, PullScope::Stock, Some(&first.next), 2).await;
    assert!(first.more && !last.more, "two pages");
    assert_eq!(first.included, last.included, "each tells the head");
    assert_eq!(last.included[0].seq, 4);
}

async fn another_tenants_rows_do_not_exist() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let stranger = world.enrolled(2, "Other", "High Street").await;
    let office = Office::of(&world, &till);
    office.tax_class("standard", false);
    office.product(1, 100);
    office.operator(2, None);
    office.setting(None, "currency", "\"GBP\"", false);
    till.restock(TEA, 1_000);
    till.sell(TEA);
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;
    for scope in PullScope::ALL {
        let own = page(&world, &till, scope, None, 10).await;
        assert!(!own.rows.is_empty(), "{scope:?} has rows");
        let others = page(&world, &stranger, scope, None, 10).await;
        assert!(
            others.rows.is_empty() && others.included.is_empty(),
            "{scope:?}"
        );
        assert_eq!(others.watermark, 0, "{scope:?}: not even a version");
        let with_ours = ask(&world, &stranger, scope, Some(&own.next), 10).await;
        assert_eq!(with_ours.code(), "cursor_reset", "{scope:?}: nor a cursor");
    }
}

async fn settings_of_all_are_overlaid_by_the_branchs_own_and_come_back_when_those_go() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    let (here, elsewhere) = (Some(till.identity.branch), Some(Uuid::from_u128(77)));
    office.setting(here, "footer", "\"here\"", false);
    office.setting(None, "footer", "\"all\"", false);
    office.setting(elsewhere, "footer", "\"elsewhere\"", false);
    let first = page(&world, &till, PullScope::Config, None, 10).await;
    let value = |answer: &PullAnswer| {
        assert_eq!(answer.rows.len(), 1, "one setting, one row");
        answer.rows[0]
            .data
            .as_ref()
            .map(|data| data.get().to_owned())
    };
    assert!(value(&first).expect("a value").contains("here"));
    office.setting(here, "footer", "null", true);
    let second = page(&world, &till, PullScope::Config, Some(&first.next), 10).await;
    assert!(value(&second).expect("a value").contains("all"));
    office.setting(None, "footer", "null", true);
    let third = page(&world, &till, PullScope::Config, Some(&second.next), 10).await;
    assert_eq!(value(&third), None, "a tombstone");
}

async fn an_operator_of_other_branches_is_unknown_here_and_one_who_leaves_is_gone() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    let (here, elsewhere) = (till.identity.branch, Uuid::from_u128(77));
    office.operator(1, Some(&[elsewhere]));
    office.operator(2, Some(&[here, elsewhere]));
    office.operator(3, None);
    let first = page(&world, &till, PullScope::Config, None, 10).await;
    let ids: Vec<_> = first.rows.iter().map(|row| row.id.as_str()).collect();
    let expected = [2, 3].map(|id| Uuid::from_u128(id).to_string());
    assert_eq!(ids, expected, "those of this branch");
    office.operator(2, Some(&[elsewhere]));
    let second = page(&world, &till, PullScope::Config, Some(&first.next), 10).await;
    assert_eq!((second.rows.len(), second.rows[0].deleted), (1, true));
}

async fn a_conflict_is_told_where_it_belongs_and_reads_as_what_it_is() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let far = world.enrolled(2, "Acme", "Harbour").await;
    till.restock(TEA, 1_000);
    till.sell(TEA);
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;
    let here = page(&world, &till, PullScope::Conflicts, None, 10).await;
    assert_eq!(here.rows.len(), 1, "stock is below zero");
    let RowRead::Conflict(row) = here.rows[0].read().unwrap() else {
        panic!("a conflict reads as one");
    };
    assert_eq!(row.kind, protocol::conflict::ConflictKind::NegativeStock);
    let there = page(&world, &far, PullScope::Conflicts, None, 10).await;
    assert!(there.rows.is_empty(), "it is another branch's matter");
}

both_stores! {
    stock_tells_how_much_of_each_till_of_the_branch_is_in_it,
    every_page_of_a_round_tells_all_heads_so_that_the_last_one_alone_is_enough,
    another_tenants_rows_do_not_exist,
    settings_of_all_are_overlaid_by_the_branchs_own_and_come_back_when_those_go,
    an_operator_of_other_branches_is_unknown_here_and_one_who_leaves_is_gone,
    a_conflict_is_told_where_it_belongs_and_reads_as_what_it_is,
}
