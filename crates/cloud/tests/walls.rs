//! The second wall of PostgreSQL: row-level security, keys that begin with the tenant, facts that
//! nobody changes.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use cloud::store::CloudStore;
use cloud::store::postgres::PgStore;
use common::both::{enrol, job};
use common::postgres::{OwnDatabase, server};
use common::{StandingClock, Till, entropy};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const TEA: u128 = 0x7ea;
const ACME: u128 = 0xacce;
const BOLT: u128 = 0xb017;

/// Tables in which a tenant is found, or that are of no tenant: small, and the same everywhere.
const REFERENCE: [&str; 8] = [
    "admin_token",
    "cloud",
    "cursor_key",
    "enrol_code",
    "read_token",
    "tenant",
    "till_directory",
    "token_key",
];

async fn open(database: &OwnDatabase) -> PgStore {
    let store = PgStore::open(&database.url(), &StandingClock::default(), &*entropy()).await;
    store.expect("the database opens")
}

/// A database with two tenants, each with a till that sold something.
async fn two_tenants() -> (OwnDatabase, PgStore) {
    let database = OwnDatabase::fresh().await;
    let store = open(&database).await;
    for (n, tenant) in [(1, ACME), (2, BOLT)] {
        let mut till = Till::new(n);
        enrol(&store, &till, tenant, 1).await.expect("it is let in");
        till.identity.tenant = Uuid::from_u128(tenant);
        till.identity.branch = Uuid::from_u128(1);
        till.restock(TEA, 5_000);
        till.sell(TEA);
        let request = till.push_request(&till.ops);
        let pushed = store
            .push(job(&till, Uuid::from_u128(1), 5_000, request))
            .await;
        pushed.expect("it is recorded");
    }
    (database, store)
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let rows = client.query(query, &[]).await.expect(query);
    rows.iter().map(|row| row.get(0)).collect()
}

async fn tenants_tables(client: &Client) -> Vec<String> {
    let mut tables = names(
        client,
        "SELECT table_name::text FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name = 'tenant' ORDER BY 1",
    )
    .await;
    tables.retain(|table| !REFERENCE.contains(&table.as_str()));
    tables
}

#[tokio::test]
async fn every_table_of_a_tenant_is_walled_and_its_keys_begin_with_the_tenant() {
    let database = OwnDatabase::fresh().await;
    drop(open(&database).await);
    let client = database.client().await;
    let walled = names(
        &client,
        "SELECT c.relname::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
         WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polcmd = '*' ORDER BY 1",
    )
    .await;
    assert_eq!(
        walled,
        tenants_tables(&client).await,
        "row-level security is on and forced on every table with a tenant"
    );
    let all = names(
        &client,
        "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind = 'r' AND relname <> 'refinery_schema_history'",
    )
    .await;
    let strange: Vec<_> = all
        .iter()
        .filter(|table| !walled.contains(table) && !REFERENCE.contains(&table.as_str()))
        .collect();
    assert!(
        strange.is_empty(),
        "a table is a tenant's, or a reference table by name: {strange:?}"
    );
    let elsewhere = names(
        &client,
        "SELECT i.relname::text || ' on ' || t.relname::text
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
         JOIN pg_policy p ON p.polrelid = t.oid
         LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
         WHERE a.attname IS DISTINCT FROM 'tenant'",
    )
    .await;
    assert!(
        elsewhere.is_empty(),
        "every key and index of a tenant's table begins with the tenant: {elsewhere:?}"
    );
}

#[tokio::test]
async fn without_a_tenant_nothing_is_read_or_written() {
    let (database, _store) = two_tenants().await;
    let client = database.client().await;
    client
        .batch_execute("SET ROLE holdfast_app")
        .await
        .expect("the program's role");
    for table in tenants_tables(&client).await {
        let read = client.query(&format!("SELECT * FROM {table}"), &[]).await;
        // An empty table has no row to show, and none is shown.
        let shown = read.map_or(0, |rows| rows.len());
        assert_eq!(shown, 0, "{table} shows nothing to nobody");
    }
    let tenant = Uuid::from_u128(ACME);
    let written = client
        .execute(
            "INSERT INTO tenant_clock (tenant, v) VALUES ($1, 0)",
            &[&tenant],
        )
        .await;
    assert!(written.is_err(), "and takes nothing from nobody");
    let changed = client
        .execute("UPDATE stock SET quantity_milli = 0", &[])
        .await;
    assert!(changed.is_err(), "and changes nothing: {changed:?}");
}

#[tokio::test]
async fn with_one_tenant_set_the_others_rows_are_not_there() {
    let (database, _store) = two_tenants().await;
    let client = database.client().await;
    let (acme, bolt) = (Uuid::from_u128(ACME), Uuid::from_u128(BOLT));
    let filled = "SELECT count(DISTINCT tenant) FROM op_log";
    assert_eq!(
        client
            .query_one(filled, &[])
            .await
            .expect("a count")
            .get::<_, i64>(0),
        2
    );
    let become_acme = format!("SET ROLE holdfast_app; SET holdfast.tenant = '{acme}'");
    client
        .batch_execute(&become_acme)
        .await
        .expect("one tenant");
    for table in tenants_tables(&client).await {
        let count = format!("SELECT count(*) FROM {table} WHERE tenant <> $1");
        let others: i64 = client
            .query_one(&count, &[&acme])
            .await
            .expect(&table)
            .get(0);
        assert_eq!(others, 0, "{table} shows the tenant's own rows alone");
    }
    let moved = client
        .execute(
            "UPDATE stock SET quantity_milli = 7 WHERE tenant = $1",
            &[&bolt],
        )
        .await;
    assert_eq!(
        moved.expect("a count"),
        0,
        "there is no row of the other to change"
    );
    let made = client
        .execute(
            "INSERT INTO branch (tenant, branch, name, created_at_ms) VALUES ($1, $1, 'x', 0)",
            &[&bolt],
        )
        .await;
    let words = common::postgres::words(&made.expect_err("no row for the other"));
    assert!(words.contains("row-level security"), "{words}");
}

#[tokio::test]
async fn facts_are_changed_by_nobody() {
    let (database, _store) = two_tenants().await;
    let client = database.client().await;
    let tenant = format!("SET holdfast.tenant = '{}'", Uuid::from_u128(ACME));
    client.batch_execute(&tenant).await.expect("one tenant");
    for table in [
        "op_log",
        "op_variant",
        "stock_ledger",
        "op_unparked",
        "office_log",
    ] {
        for deed in [
            format!("UPDATE {table} SET tenant = tenant"),
            format!("DELETE FROM {table}"),
        ] {
            client
                .batch_execute("SET ROLE holdfast_app")
                .await
                .expect("the role");
            let refused = client.batch_execute(&deed).await.expect_err(&deed);
            let words = common::postgres::words(&refused);
            assert!(
                words.contains("permission denied"),
                "the program may not: {deed}: {words}"
            );
            client.batch_execute("RESET ROLE").await.expect("the owner");
        }
        let emptied = client.batch_execute(&format!("TRUNCATE {table}")).await;
        assert!(
            emptied.is_err(),
            "{table} is emptied by nobody, not even its owner"
        );
    }
    let refused = client.batch_execute("DELETE FROM op_log").await;
    let words = common::postgres::words(&refused.expect_err("a fact stays"));
    assert!(
        words.contains("only copy"),
        "the owner is told why: {words}"
    );
}

#[tokio::test]
async fn a_superusers_url_works_as_the_programs_role() {
    let (database, store) = two_tenants().await;
    let (acme, till) = (Uuid::from_u128(ACME), Till::new(1).identity.till);
    assert_eq!(store.heads(acme, till).await.expect("heads").len(), 1);
    let client = database.client().await;
    client
        .batch_execute("REVOKE SELECT ON stream_head FROM holdfast_app")
        .await
        .expect("a right is taken");
    let refused = store.heads(acme, till).await;
    assert!(
        refused.is_err(),
        "what holdfast_app may not, a superuser's URL cannot do either"
    );
}

#[tokio::test]
async fn a_plain_owner_of_the_database_is_walled_in_as_well() {
    let all = common::postgres::connect("postgres").await;
    let name = format!("owned_{}", std::process::id());
    let make = [
        format!("CREATE ROLE {name} LOGIN"),
        format!("CREATE DATABASE {name} OWNER {name}"),
    ];
    for words in make {
        all.batch_execute(&words).await.expect(&words);
    }
    let address = server()
        .url(&name)
        .replace("user=holdfast", &format!("user={name}"));
    let store = PgStore::open(&address, &StandingClock::default(), &*entropy()).await;
    let store = store.expect("an owner makes the schema");
    let mut till = Till::new(1);
    enrol(&store, &till, ACME, 1).await.expect("it is let in");
    (till.identity.tenant, till.identity.branch) = (Uuid::from_u128(ACME), Uuid::from_u128(1));
    till.sell(TEA);
    let request = till.push_request(&till.ops);
    let pushed = store
        .push(job(&till, Uuid::from_u128(1), 5_000, request))
        .await;
    pushed.expect("and the program works");
    let (client, connection) = tokio_postgres::connect(&address, NoTls)
        .await
        .expect("the owner");
    let ended = tokio::spawn(connection);
    let read = client.query("SELECT * FROM op_log", &[]).await;
    assert!(
        read.is_err(),
        "the owner sees no tenant's rows without a tenant"
    );
    drop((client, store));
    let _ = ended.await;
    for words in [
        format!("DROP DATABASE {name} WITH (FORCE)"),
        format!("DROP ROLE {name}"),
    ] {
        all.batch_execute(&words).await.expect(&words);
    }
}
