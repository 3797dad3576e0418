//! A file and a database with the same tills, and a way beside the stores to write the same rows.

use cloud::store::postgres::PgStore;
use cloud::store::pull::PullReach;
use cloud::store::sqlite::SqliteStore;
use rusqlite::Connection;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::common::dice::Dice;
use crate::common::postgres::OwnDatabase;
use crate::common::{StandingClock, Till, both, entropy};

pub const TENANTS: [u128; 2] = [0xacce, 0xbeef];
/// Tenant and branch of each till.
const TILLS: [(usize, u128); 4] = [(0, 0xb1), (0, 0xb1), (0, 0xb2), (1, 0xb3)];

pub struct Pair {
    pub file: SqliteStore,
    pub served: PgStore,
    pub client: Client,
    pub tills: Vec<PullReach>,
    pub database: OwnDatabase,
    sql: Connection,
    versions: [u64; 2],
    _dir: tempfile::TempDir,
}

impl Pair {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("cloud.db");
        let clock = StandingClock::default();
        let file = SqliteStore::open(&path, &clock, &*entropy()).expect("the file opens");
        let database = OwnDatabase::fresh().await;
        let served = PgStore::open(&database.url(), &clock, &*entropy()).await;
        let mut pair = Self {
            file,
            served: served.expect("the database opens"),
            sql: Connection::open(&path).expect("the file"),
            client: database.client().await,
            tills: Vec::new(),
            versions: [0, 0],
            database,
            _dir: dir,
        };
        // What a test writes beside the stores need not be flushed.
        let unflushed = pair.sql.execute_batch("PRAGMA synchronous = OFF");
        unflushed.expect("it is only a test");
        let unflushed = pair.client.batch_execute("SET synchronous_commit = off");
        unflushed.await.expect("it is only a test");
        for (n, (tenant, branch)) in (1..).zip(TILLS) {
            pair.enrol(n, tenant, branch).await;
        }
        pair
    }

    /// A till in both, with a head of its stream as its first push leaves one.
    async fn enrol(&mut self, n: u8, tenant: usize, branch: u128) {
        let till = Till::new(n);
        let told = both::enrol(&self.file, &till, TENANTS[tenant], branch).await;
        told.expect("sqlite");
        let told = both::enrol(&self.served, &till, TENANTS[tenant], branch).await;
        told.expect("postgres");
        let reach = PullReach {
            tenant: Uuid::from_u128(TENANTS[tenant]),
            branch: Uuid::from_u128(branch),
            till: till.identity.till,
        };
        self.tills.push(reach);
        let rv = self.next(tenant).await;
        let (of, who) = (reach.tenant.simple(), reach.till.simple());
        let words = "INSERT INTO stream_head (tenant, segment, till, first_seq, seq, chain, rv)";
        let in_file =
            format!("{words} VALUES (X'{of}', X'{who}', X'{who}', 1, 1, zeroblob(32), {rv})");
        self.sql
            .execute_batch(&in_file)
            .expect("a head in the file");
        let chain = "decode(repeat('00', 32), 'hex')";
        let served = format!("{words} VALUES ('{of}', '{who}', '{who}', 1, 1, {chain}, {rv})");
        let written = self.client.batch_execute(&served).await;
        written.expect("a head in the database");
    }

    /// The same words to both: `<…>` is an id, `<+>` yes and `<->` no.
    async fn write(&self, words: &str) {
        let in_file = words.replace("<+>", "1").replace("<->", "0");
        let in_file = in_file.replace('<', "X'").replace('>', "'");
        let written = self.sql.execute_batch(&in_file);
        written.unwrap_or_else(|error| panic!("{error}: {in_file}"));
        let served = words.replace("<+>", "true").replace("<->", "false");
        let served = served.replace('<', "'").replace('>', "'::uuid");
        let written = self.client.batch_execute(&served).await;
        written.unwrap_or_else(|error| panic!("{error}: {served}"));
    }

    /// The next version of a tenant.
    async fn next(&mut self, tenant: usize) -> u64 {
        self.versions[tenant] += 1;
        let (id, v) = (simple(TENANTS[tenant]), self.versions[tenant]);
        let words = format!("UPDATE tenant_clock SET v = {v} WHERE tenant = <{id}>");
        self.write(&words).await;
        v
    }

    /// Some row of some table, written anew, changed or deleted.
    pub async fn write_something(&mut self, dice: &mut Dice) {
        let which = dice.below(TENANTS.len());
        // Several rows may share a version.
        let rv = if dice.once_in(4) {
            self.versions[which]
        } else {
            self.next(which).await
        };
        let n = dice.below(12);
        let of_tenant: Vec<_> = (0..4).filter(|till| TILLS[*till].0 == which).collect();
        let till = self.tills[of_tenant[dice.below(of_tenant.len())]];
        let branches = [Uuid::nil(), till.branch, Uuid::from_u128(0xb1)];
        let row = Row {
            tenant: simple(TENANTS[which]),
            id: simple(0x1000 + n as u128),
            rv,
            n,
            gone: if dice.once_in(4) { "<+>" } else { "<->" },
            branch: branches[dice.below(3)],
            till,
        };
        let words = match dice.below(8) {
            0 | 1 => row.product(),
            2 => row.tax_class(),
            3 => row.rule(),
            4 => row.setting(),
            5 => row.operator(dice.below(3)),
            6 => row.stock(),
            _ => row.conflict(dice.once_in(2)),
        };
        self.write(&words).await;
    }
}

fn simple(id: u128) -> String {
    Uuid::from_u128(id).simple().to_string()
}

/// What a row is made of.
struct Row {
    tenant: String,
    id: String,
    rv: u64,
    n: usize,
    gone: &'static str,
    branch: Uuid,
    till: PullReach,
}

impl Row {
    fn product(&self) -> String {
        let Self {
            tenant,
            id,
            rv,
            n,
            gone,
            ..
        } = self;
        format!(
            "INSERT INTO product (tenant, product_id, code, name, unit, price_minor, tax_class,
                                  tax_rate_bp, category, barcodes, row_version, deleted)
             VALUES (<{tenant}>, <{id}>, NULL, 'Tea \"{n}\"', 'kilogram', {rv}, 'zero', 0, 'hot',
                     '[\"1\",\"2\"]', {rv}, {gone})
             ON CONFLICT (tenant, product_id)
             DO UPDATE SET price_minor = {rv}, row_version = {rv}, deleted = {gone};
             INSERT INTO product_group (tenant, product_id, field_group, version, till)
             VALUES (<{tenant}>, <{id}>, 'price', {rv}, <{}>)
             ON CONFLICT (tenant, product_id, field_group) DO UPDATE SET version = {rv}",
            simple(0)
        )
    }

    fn tax_class(&self) -> String {
        let Self {
            tenant,
            rv,
            n,
            gone,
            ..
        } = self;
        let code = ["zero", "Zero", "z\u{e9}ro", "a-b", "a b", "\u{d6}"][n % 6];
        format!(
            "INSERT INTO tax_class (tenant, code, name, rate_bp, rv, deleted)
             VALUES (<{tenant}>, '{code}', 'Tax', {n}, {rv}, {gone})
             ON CONFLICT (tenant, code) DO UPDATE SET rv = {rv}, deleted = {gone}"
        )
    }

    fn rule(&self) -> String {
        let Self {
            tenant,
            rv,
            n,
            gone,
            ..
        } = self;
        let (branch, position) = (self.branch.simple(), n % 3);
        format!(
            "INSERT INTO in_store_rule (tenant, branch, position, rule, rv, deleted)
             VALUES (<{tenant}>, <{branch}>, {position}, '[\"prefix\",{rv}]', {rv}, {gone})
             ON CONFLICT (tenant, branch, position)
             DO UPDATE SET rv = {rv}, deleted = {gone}, rule = excluded.rule"
        )
    }

    fn setting(&self) -> String {
        let Self {
            tenant,
            rv,
            n,
            gone,
            ..
        } = self;
        let (branch, name) = (self.branch.simple(), n % 3);
        format!(
            "INSERT INTO branch_setting (tenant, branch, name, value, rv, deleted)
             VALUES (<{tenant}>, <{branch}>, 'name {name}', '{rv}', {rv}, {gone})
             ON CONFLICT (tenant, branch, name)
             DO UPDATE SET rv = {rv}, deleted = {gone}, value = excluded.value"
        )
    }

    fn operator(&self, reach: usize) -> String {
        let Self {
            tenant,
            id,
            rv,
            gone,
            ..
        } = self;
        let list = match reach {
            0 => "NULL".to_owned(),
            1 => format!("'[\"{}\"]'", self.branch),
            _ => format!("'[\"{}\", \"{}\"]'", Uuid::nil(), self.till.branch),
        };
        format!(
            "INSERT INTO operator (tenant, operator_id, name, role, active, branches, rv, deleted)
             VALUES (<{tenant}>, <{id}>, 'Ada', 'manager', <+>, {list}, {rv}, {gone})
             ON CONFLICT (tenant, operator_id)
             DO UPDATE SET branches = excluded.branches, rv = {rv}, deleted = {gone}"
        )
    }

    fn stock(&self) -> String {
        let Self { tenant, id, rv, .. } = self;
        let (at, who) = (self.till.branch.simple(), self.till.till.simple());
        format!(
            "INSERT INTO stock (tenant, branch, product_id, quantity_milli, tracked, rv)
             VALUES (<{tenant}>, <{at}>, <{id}>, {rv}, <+>, {rv})
             ON CONFLICT (tenant, branch, product_id) DO UPDATE SET quantity_milli = {rv}, rv = {rv};
             UPDATE stream_head SET seq = seq + 1, rv = {rv} WHERE tenant = <{tenant}> AND till = <{who}>"
        )
    }

    fn conflict(&self, open: bool) -> String {
        let Self { tenant, id, rv, .. } = self;
        let branch = match self.branch {
            nobody if nobody.is_nil() => "NULL".to_owned(),
            branch => format!("<{}>", branch.simple()),
        };
        let (status, settled) = if open {
            ("open", "NULL")
        } else {
            let by = r#"'{"op_id":null,"decision":null,"operator_name":null,"till_name":null,"at_ms":1,"note":"seen"}'"#;
            ("settled", by)
        };
        format!(
            "INSERT INTO conflict (tenant, id, kind, code, entity, branch, op_id, status, version, opened_rv,
                                   opened_at_ms, rv, settled)
             VALUES (<{tenant}>, <{id}>, 'EDIT_CONFLICT', 'EDIT_CONFLICT', 'product:x', {branch}, <{id}>, '{status}',
                     1, 1, 5, {rv}, {settled})
             ON CONFLICT (tenant, id)
             DO UPDATE SET rv = {rv}, status = '{status}', settled = excluded.settled, branch = excluded.branch"
        )
    }
}
