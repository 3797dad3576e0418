//! The two stores side by side, spoken to directly: the same words to both, then what each holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud::store::postgres::PgStore;
use cloud::store::sqlite::SqliteStore;
use cloud::store::{CloudStore, CodeWanted, EnrolWanted, PushAnswered, PushJob, TillCredential};
use protocol::wire::PushRequest;
use rusqlite::Connection;
use uuid::Uuid;

use super::postgres::OwnDatabase;
use super::{StandingClock, Till, entropy};

/// Tables whose rows are of one database alone.
const OF_ONE_DATABASE: [&str; 4] = [
    "cloud",
    "token_key",
    "cursor_key",
    "refinery_schema_history",
];

/// A SQLite file and a PostgreSQL database that are told the same.
pub struct Both {
    pub sqlite: Arc<dyn CloudStore>,
    pub postgres: Arc<dyn CloudStore>,
    pub database: OwnDatabase,
    dir: tempfile::TempDir,
}

impl Both {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let clock = StandingClock::default();
        let file = SqliteStore::open(&dir.path().join("cloud.db"), &clock, &*entropy());
        let database = OwnDatabase::fresh().await;
        let served = PgStore::open(&database.url(), &clock, &*entropy()).await;
        Self {
            sqlite: Arc::new(file.expect("the file opens")),
            postgres: Arc::new(served.expect("the database opens")),
            database,
            dir,
        }
    }

    pub fn each(&self) -> [(&'static str, &Arc<dyn CloudStore>); 2] {
        [("sqlite", &self.sqlite), ("postgres", &self.postgres)]
    }

    /// Lets a till into both, into the same tenant and branch.
    pub async fn enrol(&self, till: &mut Till, tenant: u128, branch: u128) {
        for (name, store) in self.each() {
            enrol(&**store, till, tenant, branch).await.expect(name);
        }
        till.identity.tenant = Uuid::from_u128(tenant);
        till.identity.branch = Uuid::from_u128(branch);
    }

    /// What both say to a push: the runs of the answer, or that the key stood for another body.
    pub async fn push(&self, job: &PushJob) -> [serde_json::Value; 2] {
        let (one, other) = tokio::join!(
            self.sqlite.push(job.clone()),
            self.postgres.push(job.clone())
        );
        [one, other].map(|said| told(&said.expect("the store answers")))
    }

    /// Every row of every table that both have, as text.
    pub async fn books(&self) -> [BTreeMap<String, Vec<String>>; 2] {
        let file = Connection::open(self.dir.path().join("cloud.db")).expect("the file");
        let client = self.database.client().await;
        let columns = client
            .query(
                "SELECT table_name::text, column_name::text, data_type::text
                 FROM information_schema.columns WHERE table_schema = 'public'
                 ORDER BY table_name, column_name",
                &[],
            )
            .await
            .expect("the columns");
        let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for row in &columns {
            let (table, column, kind) = (row.get(0), row.get(1), row.get(2));
            tables.entry(table).or_default().push((column, kind));
        }
        tables.retain(|table, _| !OF_ONE_DATABASE.contains(&table.as_str()));
        let mut books = [BTreeMap::new(), BTreeMap::new()];
        for (table, columns) in tables {
            books[0].insert(table.clone(), rows_of_file(&file, &table, &columns));
            let rows = client
                .query(&question(&table, &columns), &[])
                .await
                .expect(&table);
            let mut rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            rows.sort();
            books[1].insert(table, rows);
        }
        books
    }
}

fn question(table: &str, columns: &[(String, String)]) -> String {
    let texts = columns.iter().map(|(column, kind)| match kind.as_str() {
        "uuid" => format!("replace({column}::text, '-', '')"),
        "bytea" => format!("encode({column}, 'hex')"),
        "boolean" => format!("{column}::int::text"),
        _ => format!("{column}::text"),
    });
    let each = texts.map(|text| format!("coalesce({text}, '-')"));
    format!(
        "SELECT concat_ws(' ', {}) FROM {table}",
        each.collect::<Vec<_>>().join(", ")
    )
}

fn rows_of_file(file: &Connection, table: &str, columns: &[(String, String)]) -> Vec<String> {
    let texts = columns.iter().map(|(column, _)| {
        format!(
            "coalesce(CASE typeof({column}) WHEN 'blob' THEN lower(hex({column}))
             ELSE CAST({column} AS TEXT) END, '-')"
        )
    });
    let line = texts.collect::<Vec<_>>().join(" || ' ' || ");
    let mut found = file
        .prepare(&format!("SELECT {line} FROM {table}"))
        .expect(table);
    let rows = found.query_map([], |row| row.get(0)).expect(table);
    // The one named difference: PostgreSQL's text has no NUL, and shows a lost letter for it.
    let plain = |row: String| row.replace('\0', "\u{FFFD}");
    let mut rows: Vec<String> = rows.map(|row| plain(row.expect(table))).collect();
    rows.sort();
    rows
}

fn told(said: &PushAnswered) -> serde_json::Value {
    match said {
        PushAnswered::Answer { answer, replayed } => serde_json::json!({
            "runs": answer.runs, "replayed": replayed,
        }),
        PushAnswered::KeyReused => "key reused".into(),
    }
}

/// Lets a till into one store.
pub async fn enrol(
    store: &dyn CloudStore,
    till: &Till,
    tenant: u128,
    branch: u128,
) -> Result<(), cloud::store::StoreError> {
    let mut code_hash = [0; 32];
    code_hash[..16].copy_from_slice(till.identity.till.as_bytes());
    store
        .make_code(CodeWanted {
            tenant_name: format!("tenant {tenant}"),
            branch_name: format!("branch {branch}"),
            new_tenant: Uuid::from_u128(tenant),
            new_branch: Uuid::from_u128(branch),
            code_hash,
            now_ms: 1_000,
            expires_at_ms: 2_000,
        })
        .await?;
    let wanted = EnrolWanted {
        request: till.enrol_request("a code"),
        code_hash,
        now_ms: 1_000,
    };
    store.enrol(wanted).await?.expect("it is let in");
    Ok(())
}

/// A push of a till, as the routes hand it in.
pub fn job(till: &Till, key: Uuid, now_ms: i64, request: PushRequest) -> PushJob {
    use sha2::{Digest, Sha256};
    let body = serde_json::to_vec(&request).expect("json");
    let identity = &till.identity;
    PushJob {
        caller: TillCredential {
            tenant: identity.tenant,
            branch: identity.branch,
            till: identity.till,
            public_key: identity.public_key,
            genesis_tenant: identity.genesis_tenant,
            genesis_branch: identity.genesis_branch,
            revoked_at_ms: None,
        },
        key,
        fingerprint: Sha256::digest(&body).into(),
        now_ms,
        request,
    }
}
