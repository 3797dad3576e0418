//! The catalogue as one file: the same bytes whole or in parts, and a cursor that goes on from it.

#![allow(clippy::pedantic, missing_docs, dead_code)]

mod common;
#[path = "pulling/office.rs"]
mod office;

use std::io::{self, BufRead};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cloud::store::pull::{CatalogueOf, CatalogueSink, CatalogueTaken};
use common::{Answer, Till, World, http};
use office::{Office, held, round};
use protocol::cloud::{CallFailure, CloudApi};
use protocol::error::ApiCode;
use protocol::ports::Clock;
use protocol::pull::{PullRow, PullScope, RowRead, SNAPSHOT_MEDIA_TYPE, SnapshotHead};
use transport::{HttpCloud, HttpCloudConfig};
use uuid::Uuid;

const HOUR_MS: i64 = 60 * 60 * 1_000;

async fn get(world: &World, till: &Till, headers: &[(&'static str, &str)]) -> Answer {
    let path = "/v1/sync/snapshot";
    let at = world.clock.wall_ms();
    let token = world.token(till).await;
    let signed = till.authorization("GET", path, "", at, b"", token);
    let mut all = vec![("authorization", signed)];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    http::send(world.address, "GET", path, &all, b"").await
}

fn read(packed: &[u8]) -> (SnapshotHead, Vec<PullRow>) {
    let plain = zstd::decode_all(packed).expect("zstd");
    let mut lines = plain.lines().map(|line| line.expect("text"));
    let head = lines.next().expect("a head");
    let rows = lines.map(|line| serde_json::from_str(&line).expect("a row"));
    (serde_json::from_str(&head).expect("a head"), rows.collect())
}

fn client(world: &World, till: &Till) -> HttpCloud {
    HttpCloud::new(HttpCloudConfig {
        url: format!("http://{}", world.address),
        till: till.identity.till,
        key: till.key.clone(),
        clock: world.clock.clone(),
        app: "test".into(),
    })
    .expect("a good address")
}

async fn a_snapshot_is_the_catalogue_and_its_cursor_goes_on_with_what_changed_after() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    office.tax_class("standard", false);
    office.rule(None, 1, "02");
    for id in 1..=50 {
        office.product(id, 100);
    }
    office.delete_product(50);
    let answer = get(&world, &till, &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some(SNAPSHOT_MEDIA_TYPE));
    let (head, rows) = read(&answer.body);
    assert_eq!(head.rows, rows.len() as u64, "the head counts the rows");
    assert_eq!(head.watermark, office.now(), "all of one version");
    assert!(!rows.iter().any(|row| row.deleted), "live rows alone");
    let mut expected = office.prices();
    expected.sort();
    assert_eq!(held(&rows), expected, "each product with its price");
    for kind in ["tax_class", "in_store_rule"] {
        assert!(rows.iter().any(|row| row.entity == kind), "{kind} is in it");
    }
    let (rows, _) = round(&world, &till, PullScope::Catalogue, Some(&head.cursor), 10).await;
    assert!(rows.is_empty(), "nothing changed since");
    office.product(7, 200);
    office.delete_product(8);
    let (rows, _) = round(&world, &till, PullScope::Catalogue, Some(&head.cursor), 10).await;
    assert_eq!(rows.len(), 2, "what changed since, tombstones too");
}

async fn parts_put_together_are_the_whole_also_after_a_newer_one_was_made() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    office.hand.run("BEGIN");
    (1..=300).for_each(|id| office.product(id, 100));
    office.hand.run("COMMIT");
    let whole = get(&world, &till, &[]).await;
    let etag = whole.header("etag").expect("a name").to_owned();
    let mut parts = Vec::new();
    while parts.len() < whole.body.len() {
        let range = format!("bytes={}-{}", parts.len(), parts.len() + 999);
        let part = get(&world, &till, &[("range", &range), ("if-match", &etag)]).await;
        assert_eq!(part.status, 206, "{range}");
        let last = parts.len() + part.body.len() - 1;
        let place = format!("bytes {}-{last}/{}", parts.len(), whole.body.len());
        assert_eq!(part.header("content-range"), Some(place.as_str()));
        parts.extend_from_slice(&part.body);
        // An hour later somebody else begins, and gets a newer one.
        if parts.len() == 1_000 {
            world.clock.0.fetch_add(HOUR_MS, Ordering::SeqCst);
            let newer = get(&world, &till, &[]).await;
            assert_ne!(newer.header("etag"), Some(etag.as_str()), "an hour is over");
        }
    }
    assert_eq!(parts, whole.body, "the same bytes");
}

async fn a_snapshot_that_is_gone_and_a_part_behind_its_end_are_told_apart() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let stranger = world.enrolled(2, "Other", "High Street").await;
    Office::of(&world, &till).product(1, 100);
    let whole = get(&world, &till, &[]).await;
    let etag = whole.header("etag").expect("a name").to_owned();
    let behind = get(&world, &till, &[("range", "bytes=99999999-")]).await;
    assert_eq!(
        (behind.status, behind.code().as_str()),
        (416, "out_of_range")
    );
    let end = format!("bytes */{}", whole.body.len());
    assert_eq!(behind.header("content-range"), Some(end.as_str()));
    let other = get(&world, &stranger, &[("if-match", &etag)]).await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (410, "cursor_reset"),
        "another tenant's"
    );
    for _ in 0..2 {
        assert_eq!(get(&world, &till, &[("if-match", &etag)]).await.status, 200);
        world.clock.0.fetch_add(HOUR_MS, Ordering::SeqCst);
        get(&world, &till, &[]).await;
    }
    let gone = get(&world, &till, &[("if-match", &etag)]).await;
    assert_eq!(
        (gone.status, gone.code().as_str()),
        (410, "cursor_reset"),
        "two newer ones exist"
    );
    let files = std::fs::read_dir(world.store().cache_folder()).expect("a folder");
    assert_eq!(
        files.count(),
        2,
        "the newest and the one before, no other is left behind"
    );
    let bare = world.get_bare("/v1/sync/snapshot").await;
    assert_eq!(bare.status, 401, "it needs a credential");
}

async fn tills_that_ask_at_once_share_one_build_and_it_is_made_anew_when_much_has_changed() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let far = world.enrolled(2, "Acme", "Harbour").await;
    let office = Office::of(&world, &till);
    (1..=200).for_each(|id| office.product(id, 100));
    let (one, two) = tokio::join!(get(&world, &till, &[]), get(&world, &far, &[]));
    let etag = one.header("etag").expect("a name").to_owned();
    assert_eq!(
        two.header("etag"),
        Some(etag.as_str()),
        "one build for both"
    );
    office.product(1, 200);
    let later = get(&world, &far, &[]).await;
    assert_eq!(
        later.header("etag"),
        Some(etag.as_str()),
        "a little change is fetched after it"
    );
    office.hand.run("BEGIN");
    for _ in 0..1_001 {
        office.next();
    }
    office.hand.run("COMMIT");
    let much = get(&world, &far, &[]).await;
    assert_ne!(much.header("etag"), Some(etag.as_str()), "much has changed");
}

async fn a_branch_with_rules_of_its_own_gets_a_catalogue_of_its_own() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let far = world.enrolled(2, "Acme", "Harbour").await;
    let office = Office::of(&world, &till);
    office.rule(None, 1, "02");
    let (common, _) = read(&get(&world, &till, &[]).await.body);
    office.rule(Some(far.identity.branch), 1, "29");
    let rule = |rows: &[PullRow]| {
        assert_eq!(rows.len(), 1, "one position, one rule");
        let RowRead::InStoreRule(rule) = rows[0].read().unwrap() else {
            panic!("a rule reads as one");
        };
        rule.rule["prefix"].as_str().expect("a prefix").to_owned()
    };
    assert_eq!(rule(&read(&get(&world, &far, &[]).await.body).1), "29");
    assert_eq!(rule(&read(&get(&world, &till, &[]).await.body).1), "02");
    let (rows, _) = round(&world, &far, PullScope::Catalogue, Some(&common.cursor), 10).await;
    assert_eq!(
        rule(&rows),
        "29",
        "a rule made after the common one comes behind it"
    );
    // One that the common catalogue left out is not skipped in silence.
    world.clock.0.fetch_add(HOUR_MS, Ordering::SeqCst);
    let (newer, _) = read(&get(&world, &till, &[]).await.body);
    let answer = office::ask(&world, &far, PullScope::Catalogue, Some(&newer.cursor), 10).await;
    assert_eq!(answer.code(), "cursor_reset", "it begins with its own");
}

async fn the_real_client_fetches_a_snapshot_part_by_part() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    (1..=100).for_each(|id| office.product(id, 100));
    let cloud = client(&world, &till);
    let first = cloud.snapshot(None, 0).await.expect("the first part");
    assert_eq!(
        first.bytes.len() as u64,
        first.total,
        "a small one is one part"
    );
    let rest = cloud
        .snapshot(Some(&first.etag), 100)
        .await
        .expect("the rest");
    assert_eq!((rest.from, &rest.bytes[..]), (100, &first.bytes[100..]));
    let behind = cloud.snapshot(Some(&first.etag), first.total).await;
    assert_eq!(refusal(behind), ApiCode::OutOfRange);
    let gone = cloud.snapshot(Some("\"another\""), 0).await;
    assert_eq!(refusal(gone), ApiCode::CursorReset);
    let (head, rows) = read(&first.bytes);
    assert_eq!(rows.len(), 100);
    let request = protocol::pull::PullRequest {
        scope: PullScope::Catalogue,
        cursor: Some(head.cursor),
        limit: 10,
    };
    let page = cloud.pull(&request).await.expect("a page");
    assert!(page.rows.is_empty() && !page.more, "its cursor goes on");
}

fn refusal<T: std::fmt::Debug>(result: Result<T, CallFailure>) -> ApiCode {
    match result {
        Err(CallFailure::Refused { error, .. }) => error.code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Sells at the first row and says how many rows came.
struct SellingSink {
    office: Office,
    rows: u64,
    told: Arc<std::sync::atomic::AtomicU64>,
}

impl CatalogueSink for SellingSink {
    fn begin(&mut self, taken: CatalogueTaken) -> io::Result<()> {
        self.rows = taken.rows;
        Ok(())
    }
    fn row(&mut self, row: &PullRow) -> io::Result<()> {
        // In the middle of the build somebody writes, and commits.
        let first = self.told.fetch_add(1, Ordering::SeqCst) == 0;
        if first {
            self.office.product(1_000, 77_777);
            self.office.product(7, 77_777);
        }
        assert!(
            !row.data
                .as_ref()
                .expect("live")
                .get()
                .contains("\"price_minor\":77777,"),
            "and it is not in it"
        );
        Ok(())
    }
    fn end(&mut self) -> io::Result<()> {
        assert_eq!(
            self.told.load(Ordering::SeqCst),
            self.rows,
            "as many as it said"
        );
        Ok(())
    }
}

async fn a_build_sees_one_snapshot_and_makes_no_writer_wait() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let office = Office::of(&world, &till);
    (1..=20).for_each(|id| office.product(id, 100));
    let told = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let sink = SellingSink {
        office: Office::of(&world, &till),
        rows: 0,
        told: told.clone(),
    };
    let of = CatalogueOf {
        tenant: office.tenant,
        branch: None::<Uuid>,
    };
    world
        .store()
        .catalogue(of, Box::new(sink))
        .await
        .expect("it is built");
    assert_eq!(told.load(Ordering::SeqCst), 20);
    assert_eq!(
        office.prices().len(),
        21,
        "what was written meanwhile is there"
    );
}

both_stores! {
    a_snapshot_is_the_catalogue_and_its_cursor_goes_on_with_what_changed_after,
    parts_put_together_are_the_whole_also_after_a_newer_one_was_made,
    a_snapshot_that_is_gone_and_a_part_behind_its_end_are_told_apart,
    tills_that_ask_at_once_share_one_build_and_it_is_made_anew_when_much_has_changed,
    a_branch_with_rules_of_its_own_gets_a_catalogue_of_its_own,
    the_real_client_fetches_a_snapshot_part_by_part,
    a_build_sees_one_snapshot_and_makes_no_writer_wait,
}
