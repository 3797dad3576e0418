//! Several processes on one PostgreSQL database: each store here has connections of its own and
//! knows nothing of the others.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cloud::store::postgres::PgStore;
use cloud::store::{CloudStore, PushAnswered, StoreError};
use common::both::{enrol, job};
use common::postgres::OwnDatabase;
use common::{StandingClock, Till, entropy};
use protocol::Outcome;
use tokio_postgres::Client;
use uuid::Uuid;

const TEA: u128 = 0x7ea;
const ACME: u128 = 0xacce;
const BATCHES: u128 = 20;
const OPS: usize = 5;

async fn open(database: &OwnDatabase) -> Arc<PgStore> {
    let store = PgStore::open(&database.url(), &StandingClock::default(), &*entropy()).await;
    Arc::new(store.expect("the database opens"))
}

async fn enrolled(store: &PgStore, n: u8, tenant: u128) -> Till {
    let mut till = Till::new(n);
    enrol(store, &till, tenant, 1).await.expect("it is let in");
    till.identity.tenant = Uuid::from_u128(tenant);
    till.identity.branch = Uuid::from_u128(1);
    till
}

/// Sells and pushes, batch after batch, as one process among others.
async fn sell_on(store: Arc<PgStore>, mut till: Till) {
    for batch in 0..BATCHES {
        let before = till.ops.len();
        for _ in 0..OPS {
            till.sell(TEA);
        }
        let request = till.push_request(&till.ops[before..]);
        let said = store
            .push(job(&till, Uuid::from_u128(batch), 5_000, request))
            .await;
        let answer = answer(said);
        assert!(
            answer.iter().all(|outcome| *outcome == Outcome::Accepted),
            "recorded, each for the first time: {answer:?}"
        );
    }
}

fn answer(said: Result<PushAnswered, StoreError>) -> Vec<Outcome> {
    match said.expect("the store answers") {
        PushAnswered::Answer { answer, .. } => {
            let results = answer.runs.iter().flat_map(|run| &run.results);
            results.map(|result| result.outcome).collect()
        }
        PushAnswered::KeyReused => panic!("the key is new"),
    }
}

async fn number(client: &Client, query: &str) -> i64 {
    client.query_one(query, &[]).await.expect(query).get(0)
}

/// Reads on from version to version, as a till that pulls does, until told to stop; every row it
/// was ever shown.
async fn follow(client: Client, tenant: u128, stop: Arc<AtomicBool>) -> BTreeMap<i64, Uuid> {
    let tenant = Uuid::from_u128(tenant);
    let (mut seen, mut cursor) = (BTreeMap::new(), 0_i64);
    loop {
        let last_round = stop.load(Ordering::SeqCst);
        client
            .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await
            .expect("a snapshot");
        let now: i64 = client
            .query_one("SELECT v FROM tenant_clock WHERE tenant = $1", &[&tenant])
            .await
            .expect("the clock")
            .get(0);
        let rows = client
            .query(
                "SELECT rv, op_id FROM op_log WHERE tenant = $1 AND rv > $2",
                &[&tenant, &cursor],
            )
            .await
            .expect("what is new");
        client.batch_execute("COMMIT").await.expect("the end of it");
        let shown = rows
            .iter()
            .map(|row| (row.get::<_, i64>(0), row.get::<_, Uuid>(1)));
        seen.extend(shown);
        cursor = now;
        if last_round {
            return seen;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_processes_of_one_tenant_leave_no_gap_and_no_double() {
    let database = OwnDatabase::fresh().await;
    let first = open(&database).await;
    let mut pushing = Vec::new();
    for n in 1..=4 {
        let till = enrolled(&first, n, ACME).await;
        pushing.push(tokio::spawn(sell_on(open(&database).await, till)));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(follow(database.client().await, ACME, stop.clone()));
    for process in pushing {
        process.await.expect("every push is answered");
    }
    stop.store(true, Ordering::SeqCst);
    let seen = reader.await.expect("the reader reads on");

    let client = database.client().await;
    let all = 4 * BATCHES as i64 * OPS as i64;
    assert_eq!(
        number(&client, "SELECT count(*) FROM op_log").await,
        all,
        "every op"
    );
    assert_eq!(
        number(
            &client,
            "SELECT count(DISTINCT op_id) FROM op_log WHERE NOT dup"
        )
        .await,
        all,
        "each once"
    );
    assert_eq!(
        number(&client, "SELECT count(DISTINCT rv) FROM op_log").await,
        all,
        "each with a version of its own"
    );
    assert_eq!(
        number(
            &client,
            "SELECT sum(seq - first_seq + 1)::bigint FROM stream_head"
        )
        .await,
        all,
        "heads stand where the streams end: no gap"
    );
    assert_eq!(
        number(&client, "SELECT quantity_milli FROM stock").await,
        -1_000 * all,
        "each counted once"
    );
    assert_eq!(
        number(&client, "SELECT sum(delta_milli)::bigint FROM stock_ledger").await,
        -1_000 * all,
        "and the book says the same"
    );
    let rows = client
        .query("SELECT rv, op_id FROM op_log", &[])
        .await
        .expect("the log");
    let held: BTreeMap<i64, Uuid> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(
        seen, held,
        "who reads from version to version misses nothing: versions become visible in their order"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tenants_do_not_wait_for_each_other_and_do_not_mix() {
    let database = OwnDatabase::fresh().await;
    let store = open(&database).await;
    let mut pushing = Vec::new();
    for n in 1..=4 {
        let till = enrolled(&store, n, ACME + u128::from(n)).await;
        pushing.push(tokio::spawn(sell_on(store.clone(), till)));
    }
    for tenant in pushing {
        tenant.await.expect("every push is answered");
    }
    let client = database.client().await;
    let rows = client
        .query(
            "SELECT tenant, quantity_milli FROM stock ORDER BY tenant",
            &[],
        )
        .await
        .expect("the stock");
    let each = -1_000 * BATCHES as i64 * OPS as i64;
    let held: Vec<(Uuid, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let wanted: Vec<(Uuid, i64)> = (1..=4).map(|n| (Uuid::from_u128(ACME + n), each)).collect();
    assert_eq!(held, wanted, "to each tenant what it sold");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_request_at_two_processes_at_once_happens_once() {
    let database = OwnDatabase::fresh().await;
    let (one, other) = (open(&database).await, open(&database).await);
    let mut till = enrolled(&one, 1, ACME).await;
    for round in 0..BATCHES {
        let sold = till.sell(TEA);
        let request = till.push_request(std::slice::from_ref(&sold));
        let job = job(&till, Uuid::from_u128(round), 5_000, request);
        let (first, second) = tokio::join!(one.push(job.clone()), other.push(job));
        let (first, second) = (answer(first), answer(second));
        assert_eq!(
            first, second,
            "both are answered the same: the same key, the same body"
        );
        assert_eq!(first, [Outcome::Accepted]);
    }
    let client = database.client().await;
    let sales = number(&client, "SELECT count(*) FROM sale").await;
    assert_eq!(sales, BATCHES as i64, "each sale once");
}

#[tokio::test]
async fn connections_that_break_cost_an_answer_and_no_sale() {
    let database = OwnDatabase::fresh().await;
    let store = open(&database).await;
    let mut till = enrolled(&store, 1, ACME).await;
    let client = database.client().await;
    let mut told = BTreeSet::new();
    for round in 0..BATCHES {
        let sold = till.sell(TEA);
        let request = till.push_request(std::slice::from_ref(&sold));
        let job = job(&till, Uuid::from_u128(round), 5_000, request);
        let (said, _cut) = tokio::join!(store.push(job.clone()), async {
            client
                .query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND application_name = 'holdfast-cloud'",
                    &[],
                )
                .await
                .expect("connections are cut")
        });
        // Cut before, within or after: the till does not know, and sends the same again.
        let mut last = said.map(drop);
        for _ in 0..20 {
            if last.is_ok() {
                break;
            }
            last = store.push(job.clone()).await.map(drop);
        }
        last.expect("the store finds new connections by itself");
        told.insert(sold.op_id);
    }
    assert_eq!(
        number(&client, "SELECT count(*) FROM sale").await,
        told.len() as i64,
        "what was told is there, once"
    );
}
