//! The same rows in both stores: whatever is written in between, each page is the same.

#![allow(clippy::pedantic, missing_docs)]

mod common;
#[path = "pulling/pair.rs"]
mod pair;

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

use cloud::store::pull::{
    CatalogueOf, CatalogueSink, CatalogueTaken, PullStore, PullWanted, Pulled, Reached,
};
use common::StandingClock;
use common::dice::Dice;
use pair::{Pair, TENANTS};
use protocol::ports::Clock;
use protocol::pull::{PullRow, PullScope};
use serde_json::{Value, json};
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const STEPS: usize = 250;

/// What both say to the same question, without what is each database's own.
async fn same(pair: &Pair, wanted: PullWanted, why: &str) -> Option<Reached> {
    let (one, other) = tokio::join!(pair.file.pull(wanted.clone()), pair.served.pull(wanted));
    let one = told(one.expect("sqlite"));
    let other = told(other.expect("postgres"));
    assert_eq!(one, other, "{why}");
    one.1
}

fn told(pulled: Pulled) -> (Value, Option<Reached>) {
    match pulled {
        Pulled::TooOld { min_rv } => (json!({ "too_old": min_rv }), None),
        Pulled::Page(page) => {
            let heads = page.included.iter();
            let heads: BTreeSet<_> = heads
                .map(|one| (one.segment.to_string(), one.seq))
                .collect();
            let said = json!({
                "rows": page.rows, "more": page.more, "watermark": page.watermark, "included": heads,
            });
            (said, Some(page.reached))
        }
    }
}

#[tokio::test]
async fn whatever_is_written_both_stores_tell_the_same_pages() {
    let mut dice = Dice::new(1);
    let mut pair = Pair::start().await;
    // Each till has a cursor for each scope, and goes on from it now and then.
    let mut reached: Vec<[Option<Reached>; 4]> = vec![Default::default(); pair.tills.len()];
    let mut now_ms = StandingClock::default().wall_ms();
    let mut too_old = 0;
    for step in 0..STEPS {
        pair.write_something(&mut dice).await;
        let (till, scope) = (dice.below(pair.tills.len()), dice.below(4));
        let at = &mut reached[till][scope];
        let wanted = PullWanted {
            reach: pair.tills[till],
            scope: PullScope::ALL[scope],
            from: at.clone(),
            limit: 1 + dice.below(5) as u32,
        };
        let why = format!("step {step}: {wanted:?}");
        *at = same(&pair, wanted, &why).await;
        too_old += usize::from(at.is_none());
        if dice.once_in(10) {
            now_ms += dice.below(40) as i64 * DAY_MS;
            let forgotten = tokio::join!(
                pair.file.forget_tombstones(now_ms),
                pair.served.forget_tombstones(now_ms)
            );
            assert_eq!(
                forgotten.0.unwrap(),
                forgotten.1.unwrap(),
                "{why}: tombstones"
            );
        }
    }
    assert!(
        too_old > 0,
        "tills that stayed away too long were among them"
    );
}

/// Takes a catalogue down, and may have prices changed in the middle.
#[derive(Default)]
struct Taking {
    changes_prices_at: Option<String>,
    head: Option<CatalogueTaken>,
    rows: Arc<Mutex<Vec<String>>>,
}

impl CatalogueSink for Taking {
    fn begin(&mut self, taken: CatalogueTaken) -> io::Result<()> {
        self.head = Some(taken);
        Ok(())
    }
    fn row(&mut self, row: &PullRow) -> io::Result<()> {
        if let Some(url) = self.changes_prices_at.take() {
            in_a_thread_of_its_own(url, "UPDATE product SET price_minor = 77777");
        }
        let line = serde_json::to_string(row).expect("json");
        self.rows.lock().unwrap().push(line);
        Ok(())
    }
    fn end(&mut self) -> io::Result<()> {
        let rows = self.rows.lock().unwrap().len() as u64;
        let said = self.head.map(|head| head.rows);
        assert_eq!(said, Some(rows), "as many as it said");
        Ok(())
    }
}

/// The store's own task must not run meanwhile: whatever would have to wait for it would hang.
fn in_a_thread_of_its_own(url: String, words: &'static str) {
    let writing = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let connected = tokio_postgres::connect(&url, tokio_postgres::NoTls).await;
            let (client, connection) = connected.expect("the database");
            tokio::spawn(connection);
            client
                .batch_execute(words)
                .await
                .expect("nobody is in the way");
        });
    });
    writing.join().expect("it is committed");
}

async fn rows_of(store: &dyn PullStore, of: CatalogueOf, taking: Taking) -> Vec<String> {
    let rows = Arc::clone(&taking.rows);
    let taken = store.catalogue(of, Box::new(taking)).await;
    taken.expect("it is taken");
    let mut rows = std::mem::take(&mut *rows.lock().unwrap());
    rows.sort();
    rows
}

#[tokio::test]
async fn both_stores_give_the_same_catalogue() {
    let mut dice = Dice::new(7);
    let mut pair = Pair::start().await;
    for _ in 0..150 {
        pair.write_something(&mut dice).await;
    }
    let tenant = Uuid::from_u128(TENANTS[0]);
    let (here, there) = (pair.tills[0].branch, pair.tills[2].branch);
    for branch in [None, Some(here), Some(there)] {
        let of = CatalogueOf { tenant, branch };
        let file = rows_of(&pair.file, of, Taking::default()).await;
        let served = rows_of(&pair.served, of, Taking::default()).await;
        assert!(file.len() > 5, "there is something: {}", file.len());
        assert_eq!(file, served, "{branch:?}");
    }
    for till in &pair.tills {
        let (file, served) = tokio::join!(
            pair.file.catalogue_state(*till),
            pair.served.catalogue_state(*till)
        );
        let (file, served) = (file.unwrap(), served.unwrap());
        assert_eq!((file.of, file.watermark), (served.of, served.watermark));
    }
}

#[tokio::test]
async fn a_catalogue_of_many_reads_is_one_snapshot_and_makes_no_writer_wait() {
    let pair = Pair::start().await;
    let tenant = Uuid::from_u128(TENANTS[0]);
    let words = format!(
        "INSERT INTO product (tenant, product_id, name, unit, price_minor, tax_class, tax_rate_bp,
                              barcodes, row_version)
         SELECT '{tenant}', lpad(n::text, 32, '0')::uuid, 'Tea', 'piece', 100, 'zero', 0, '[]', 1
         FROM generate_series(1, 11000) AS n"
    );
    pair.client.batch_execute(&words).await.unwrap();
    let taking = Taking {
        changes_prices_at: Some(pair.database.url()),
        ..Taking::default()
    };
    let of = CatalogueOf {
        tenant,
        branch: None,
    };
    let rows = rows_of(&pair.served, of, taking).await;
    assert_eq!(rows.len(), 11_000);
    let at = |price: &str| {
        let price = format!("\"price_minor\":{price},");
        rows.iter().filter(|row| row.contains(&price)).count()
    };
    assert_eq!(at("100"), 11_000, "every price is of before it began");
    assert_eq!(at("77777"), 0, "and none of after");
}

#[tokio::test]
async fn a_writer_that_commits_late_is_not_missed_by_the_served_database_either() {
    let pair = Pair::start().await;
    let reach = pair.tills[0];
    let product = |id: u128, rv: u64| {
        format!(
            "UPDATE tenant_clock SET v = {rv} WHERE tenant = '{0}';
             INSERT INTO product (tenant, product_id, name, unit, price_minor, tax_class,
                                  tax_rate_bp, barcodes, row_version)
             VALUES ('{0}', '{1}', 'Tea', 'piece', 100, 'zero', 0, '[]', {rv})",
            reach.tenant,
            Uuid::from_u128(id)
        )
    };
    let mut wanted = PullWanted {
        reach,
        scope: PullScope::Catalogue,
        from: None,
        limit: 10,
    };
    let ids = |said: &Value| said["rows"].as_array().map(Vec::len);
    pair.client.batch_execute(&product(1, 101)).await.unwrap();
    let slow = pair.database.client().await;
    let begun = format!("BEGIN; {}", product(2, 102));
    slow.batch_execute(&begun).await.unwrap();
    let (before, reached) = told(pair.served.pull(wanted.clone()).await.unwrap());
    assert_eq!(ids(&before), Some(1), "it is not there yet");
    assert_eq!(before["watermark"], 101, "and its version is not promised");
    slow.batch_execute("COMMIT").await.unwrap();
    wanted.from = reached;
    let (after, _) = told(pair.served.pull(wanted).await.unwrap());
    assert_eq!(ids(&after), Some(1), "now it is, behind the cursor");
    assert_eq!(after["watermark"], 102);
}
