//! What a till fetches is what the cloud holds: whatever changes meanwhile, wherever it breaks off.

#![allow(clippy::pedantic, missing_docs, dead_code)]

#[path = "pulling/branch.rs"]
mod branch;
mod common;
#[path = "pulling/office.rs"]
mod office;

use std::collections::BTreeSet;

use cloud::store::pull::TOMBSTONE_LIFE_MS;
use common::World;
use office::{Office, ask, held, page, round};
use protocol::ports::Clock;
use protocol::pull::{PullScope, RowRead};
use uuid::Uuid;

const TEA: u128 = 0x7ea;
const CATALOGUE: PullScope = PullScope::Catalogue;

async fn a_round_broken_off_at_any_page_goes_on_there_and_tells_each_row_once() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    office.tax_class("standard", false);
    // Two under each version: a page may end within one.
    for pair in 0..6 {
        let rv = office.next();
        office.product_at(rv, 100 + pair, 1, false);
        office.product_at(rv, 200 + pair, 1, false);
    }
    let (whole, end) = round(&world, &till, CATALOGUE, None, 5_000).await;
    assert_eq!(whole.len(), 13, "a tax class and twelve products");
    assert_eq!(end.watermark, office.now(), "the snapshot's version");
    for limit in 1..=13 {
        let (rows, _) = round(&world, &till, CATALOGUE, None, limit).await;
        let told: Vec<_> = rows.iter().map(|row| (row.rv, &row.id)).collect();
        let expected: Vec<_> = whole.iter().map(|row| (row.rv, &row.id)).collect();
        assert_eq!(told, expected, "pages of {limit}");
    }
    let again = page(&world, &till, CATALOGUE, Some(&end.next), 5_000).await;
    assert!(
        again.rows.is_empty() && !again.more,
        "nothing is told twice"
    );
}

async fn a_row_that_changes_while_a_till_is_paging_comes_at_the_end_in_its_new_state() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    for id in 1..=20 {
        office.product(id, 100);
    }
    let mut rows = Vec::new();
    let mut cursor = None;
    for step in 0_u128.. {
        let mut page = page(&world, &till, CATALOGUE, cursor.as_deref(), 3).await;
        rows.append(&mut page.rows);
        if !page.more {
            break;
        }
        cursor = Some(page.next);
        // One that was told already, one that was not yet, one that is gone, one that is new.
        if step < 4 {
            office.product(step + 1, 200 + i64::try_from(step).unwrap());
            office.product(18 + (step % 2), 300);
            office.delete_product(2 + step);
            office.product(500 + step, 400);
        }
    }
    let mut live = held(&rows);
    live.sort();
    let mut expected = office.prices();
    expected.sort();
    assert_eq!(
        live, expected,
        "what the till holds is the last page's snapshot"
    );
}

async fn a_thousand_changed_prices_are_a_thousand_rows() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    office.hand.run("BEGIN");
    (0..3_000).for_each(|id| office.product(id + 1, 100));
    office.hand.run("COMMIT");
    let (_, before) = round(&world, &till, CATALOGUE, None, 2_000).await;
    office.hand.run("BEGIN");
    let rv = office.next();
    // An import writes all of them under one version.
    (0..1_000).for_each(|id| office.product_at(rv, 3 * id + 1, 200, false));
    office.hand.run("COMMIT");
    let (rows, end) = round(&world, &till, CATALOGUE, Some(&before.next), 300).await;
    let ids: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!((rows.len(), ids.len()), (1_000, 1_000), "and nothing else");
    assert_eq!(end.rows.len(), 0, "the last page was counted above");
}

async fn what_was_deleted_is_told_to_whom_it_was_told_before_and_to_nobody_else() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    for id in 1..=3 {
        office.product(id, 100);
    }
    let (_, old) = round(&world, &till, CATALOGUE, None, 10).await;
    let first = page(&world, &till, CATALOGUE, None, 1).await;
    office.delete_product(1);
    let (rows, _) = round(&world, &till, CATALOGUE, Some(&old.next), 10).await;
    assert_eq!(rows.len(), 1, "one row changed");
    assert!(
        rows[0].deleted && rows[0].data.is_none(),
        "it is a tombstone"
    );
    assert_eq!(rows[0].read().unwrap(), RowRead::Gone);
    let (rows, _) = round(&world, &till, CATALOGUE, Some(&first.next), 10).await;
    assert!(rows.iter().any(|row| row.deleted), "a till half-way has it");
    let (rows, _) = round(&world, &till, CATALOGUE, None, 10).await;
    assert!(
        !rows.iter().any(|row| row.deleted),
        "a new till never had it"
    );
}

async fn a_writer_that_commits_late_is_not_missed_and_nobody_waits_for_it() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    office.product(1, 100);
    let slow = Office::of(&world, &till);
    slow.hand.run("BEGIN");
    slow.product(2, 100);
    let before = page(&world, &till, CATALOGUE, None, 10).await;
    assert_eq!(held(&before.rows).len(), 1, "it is not there yet");
    assert_eq!(before.watermark, 1, "and its version is not promised");
    slow.hand.run("COMMIT");
    let after = page(&world, &till, CATALOGUE, Some(&before.next), 10).await;
    assert_eq!(held(&after.rows).len(), 1, "now it is, behind the cursor");
    assert_eq!(after.watermark, 2);
}

async fn a_cursor_of_another_epoch_branch_or_scope_or_a_forged_one_begins_anew() {
    let mut world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let far = world.enrolled(2, "Acme", "Harbour").await;
    Office::of(&world, &till).product(1, 100);
    let own = page(&world, &till, CATALOGUE, None, 10).await.next;
    assert_eq!(
        ask(&world, &till, CATALOGUE, Some(&own), 10).await.status,
        200
    );
    for (who, scope, cursor, why) in [
        (&far, CATALOGUE, own.as_str(), "another branch"),
        (&till, PullScope::Stock, own.as_str(), "another scope"),
        (&till, CATALOGUE, "AAAA", "a forged one"),
        (&till, CATALOGUE, &own[1..], "one cut short"),
    ] {
        let answer = ask(&world, who, scope, Some(cursor), 10).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (410, "cursor_reset"),
            "{why}"
        );
    }
    let hand = world.hand();
    let other = hand.id(Uuid::from_u128(0xe0));
    hand.run(&format!("UPDATE cloud SET cloud_epoch = {other}"));
    world.restart().await;
    let answer = ask(&world, &till, CATALOGUE, Some(&own), 10).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (410, "cursor_reset"),
        "another epoch"
    );
    let fresh = page(&world, &till, CATALOGUE, None, 10).await;
    assert_eq!(fresh.rows.len(), 1, "and without a cursor it begins anew");
}

/// Only head office's rows were lost, so no till's head tells of it.
async fn a_cursor_ahead_of_a_cloud_that_was_put_back_begins_anew() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    office.product(1, 100);
    let older = office.now();
    office.product(1, 200);
    let (_, end) = round(&world, &till, CATALOGUE, None, 10).await;
    let tenant = office.hand.id(office.tenant);
    office.hand.run(&format!(
        "UPDATE tenant_clock SET v = {older} WHERE tenant = {tenant}"
    ));
    office.product_at(i64::try_from(older).unwrap(), 1, 100, false);
    let answer = ask(&world, &till, CATALOGUE, Some(&end.next), 10).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (410, "cursor_reset"),
        "what the till holds is not of this cloud"
    );
    let (rows, _) = round(&world, &till, CATALOGUE, None, 10).await;
    assert_eq!(held(&rows).len(), 1, "and without a cursor it begins anew");
}

async fn a_cursor_outlives_a_restart_of_the_cloud() {
    let mut world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    Office::of(&world, &till).product(1, 100);
    let own = page(&world, &till, CATALOGUE, None, 10).await.next;
    world.restart().await;
    let again = page(&world, &till, CATALOGUE, Some(&own), 10).await;
    assert!(again.rows.is_empty(), "the key lies in the database");
}

async fn tombstones_are_kept_ninety_days_and_who_stayed_away_longer_begins_anew() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    office.tax_class("old", false);
    office.tax_class("new", false);
    let store = world.store();
    let away = page(&world, &till, CATALOGUE, None, 10).await.next;
    let half_way = page(&world, &till, CATALOGUE, None, 1).await.next;
    office.tax_class("old", true);
    let day = world.clock.wall_ms();
    store.forget_tombstones(day).await.unwrap();
    let kept = store
        .forget_tombstones(day + TOMBSTONE_LIFE_MS - 1)
        .await
        .unwrap();
    assert_eq!(kept, 0, "not a day too early");
    let rows = page(&world, &till, CATALOGUE, Some(&away), 10).await.rows;
    assert!(rows[0].deleted, "who was away hears of it");
    let forgotten = store
        .forget_tombstones(day + TOMBSTONE_LIFE_MS)
        .await
        .unwrap();
    assert_eq!(forgotten, 1, "its time is over");
    for (cursor, why) in [
        (&away, "away too long"),
        (&half_way, "half-way for too long"),
    ] {
        let answer = ask(&world, &till, CATALOGUE, Some(cursor), 10).await;
        assert_eq!(answer.code(), "cursor_reset", "{why}");
    }
    let first = page(&world, &till, CATALOGUE, None, 1).await;
    let (rows, _) = round(&world, &till, CATALOGUE, Some(&first.next), 1).await;
    assert!(
        rows.is_empty() || !rows[0].deleted,
        "a new round is not too old"
    );
    let config = ask(&world, &till, PullScope::Config, None, 10).await;
    assert_eq!(config.status, 200, "nor is another scope");
}

async fn what_cannot_be_read_is_refused_with_its_limit() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    for query in [
        "",
        "?scope=everything",
        "?scope=stock&limit=0",
        "?scope=stock&limit=5001",
    ] {
        let answer = world.get(&till, &format!("/v1/sync/pull{query}")).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "malformed"),
            "{query}"
        );
    }
    let bare = world.get_bare("/v1/sync/pull?scope=stock").await;
    assert_eq!(bare.status, 401, "rows need a credential");
}

async fn a_product_made_at_one_till_arrives_at_the_others_with_its_versions() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let far = world.enrolled(2, "Acme", "Harbour").await;
    till.record(common::body::product(TEA, "Earl Grey"));
    world.push(&till, &till.push_request(&till.ops)).await;
    let page = page(&world, &far, CATALOGUE, None, 10).await;
    let RowRead::Product(row) = page.rows[0].read().unwrap() else {
        panic!("a product reads as one");
    };
    assert_eq!(
        (row.name.as_str(), row.price_minor),
        ("Earl Grey", Some(100))
    );
    assert_eq!(row.barcodes, ["5012345678900"]);
}

both_stores! {
    a_round_broken_off_at_any_page_goes_on_there_and_tells_each_row_once,
    a_row_that_changes_while_a_till_is_paging_comes_at_the_end_in_its_new_state,
    a_thousand_changed_prices_are_a_thousand_rows,
    what_was_deleted_is_told_to_whom_it_was_told_before_and_to_nobody_else,
    a_writer_that_commits_late_is_not_missed_and_nobody_waits_for_it,
    a_cursor_of_another_epoch_branch_or_scope_or_a_forged_one_begins_anew,
    a_cursor_ahead_of_a_cloud_that_was_put_back_begins_anew,
    a_cursor_outlives_a_restart_of_the_cloud,
    tombstones_are_kept_ninety_days_and_who_stayed_away_longer_begins_anew,
    what_cannot_be_read_is_refused_with_its_limit,
    a_product_made_at_one_till_arrives_at_the_others_with_its_versions,
}
