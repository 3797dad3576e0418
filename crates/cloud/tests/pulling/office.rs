//! Head office by hand: rows written straight into the tables, each under the tenant's clock.

use cloud::store::pull::PullReach;
use protocol::pull::{PullAnswer, PullRow, PullScope};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::common::{Answer, Till, World};

pub struct Office {
    pub sql: Connection,
    pub tenant: Uuid,
}

impl Office {
    pub fn of(world: &World, till: &Till) -> Self {
        Self {
            sql: world.sql(),
            tenant: till.identity.tenant,
        }
    }

    /// The next version, as whoever writes takes it.
    pub fn next(&self) -> i64 {
        let clock = "UPDATE tenant_clock SET v = v + 1 WHERE tenant = ?1 RETURNING v";
        self.sql
            .query_row(clock, [self.tenant.as_bytes()], |row| row.get(0))
            .expect("the tenant has a clock")
    }

    pub fn now(&self) -> u64 {
        let clock = "SELECT v FROM tenant_clock WHERE tenant = ?1";
        let v = self
            .sql
            .query_row(clock, [self.tenant.as_bytes()], |row| row.get::<_, i64>(0));
        u64::try_from(v.expect("the tenant has a clock")).expect("it counts up")
    }

    pub fn product_at(&self, rv: i64, id: u128, price_minor: i64, deleted: bool) {
        self.sql
            .execute(
                "INSERT INTO product (tenant, product_id, code, name, unit, price_minor, tax_class, tax_rate_bp,
                                      category, barcodes, row_version, deleted)
                 VALUES (?1, ?2, NULL, 'Tea', 'piece', ?3, 'zero', 0, NULL, '[\"5012345678900\"]', ?4, ?5)
                 ON CONFLICT DO UPDATE SET price_minor = excluded.price_minor, row_version = excluded.row_version,
                                           deleted = excluded.deleted",
                params![self.tenant.as_bytes(), Uuid::from_u128(id).as_bytes(), price_minor, rv, deleted],
            )
            .expect("the product is written");
        self.sql
            .execute(
                "INSERT INTO product_group (tenant, product_id, field_group, version, till)
                 VALUES (?1, ?2, 'price', ?3, zeroblob(16)) ON CONFLICT DO UPDATE SET version = excluded.version",
                params![self.tenant.as_bytes(), Uuid::from_u128(id).as_bytes(), rv],
            )
            .expect("its group is written");
    }

    pub fn product(&self, id: u128, price_minor: i64) {
        self.product_at(self.next(), id, price_minor, false);
    }

    pub fn delete_product(&self, id: u128) {
        self.product_at(self.next(), id, 0, true);
    }

    pub fn tax_class(&self, code: &str, deleted: bool) {
        self.sql
            .execute(
                "INSERT INTO tax_class (tenant, code, name, rate_bp, rv, deleted) VALUES (?1, ?2, 'Tax', 2000, ?3, ?4)
                 ON CONFLICT DO UPDATE SET rv = excluded.rv, deleted = excluded.deleted",
                params![self.tenant.as_bytes(), code, self.next(), deleted],
            )
            .expect("the tax class is written");
    }

    pub fn rule(&self, branch: Option<Uuid>, position: u32, prefix: &str) {
        let rule = format!(r#"{{"prefix":"{prefix}"}}"#);
        let branch = branch.unwrap_or_default();
        self.sql
            .execute(
                "INSERT INTO in_store_rule (tenant, branch, position, rule, rv) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![self.tenant.as_bytes(), branch.as_bytes(), position, rule, self.next()],
            )
            .expect("the rule is written");
    }

    pub fn setting(&self, branch: Option<Uuid>, name: &str, value: &str, deleted: bool) {
        let branch = branch.unwrap_or_default();
        self.sql
            .execute(
                "INSERT INTO branch_setting (tenant, branch, name, value, rv, deleted) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET value = excluded.value, rv = excluded.rv, deleted = excluded.deleted",
                params![self.tenant.as_bytes(), branch.as_bytes(), name, value, self.next(), deleted],
            )
            .expect("the setting is written");
    }

    pub fn operator(&self, id: u128, branches: Option<&[Uuid]>) {
        let branches = branches.map(|branches| serde_json::to_string(branches).expect("json"));
        self.sql
            .execute(
                "INSERT INTO operator (tenant, operator_id, name, role, active, pin_phc, branches, rv)
                 VALUES (?1, ?2, 'Ada', 'manager', 1, '$argon2id$', ?3, ?4)
                 ON CONFLICT DO UPDATE SET branches = excluded.branches, rv = excluded.rv",
                params![self.tenant.as_bytes(), Uuid::from_u128(id).as_bytes(), branches, self.next()],
            )
            .expect("the operator is written");
    }

    /// Every live product with its price: what a till must hold in the end.
    pub fn prices(&self) -> Vec<(String, i64)> {
        let mut found = self
            .sql
            .prepare("SELECT product_id, price_minor FROM product WHERE tenant = ?1 AND deleted = 0 ORDER BY 1")
            .expect("a query");
        let rows = found.query_map([self.tenant.as_bytes()], |row| {
            let id: [u8; 16] = row.get(0)?;
            Ok((Uuid::from_bytes(id).to_string(), row.get(1)?))
        });
        rows.and_then(Iterator::collect).expect("rows")
    }
}

/// Asks for one page and takes whatever comes.
pub async fn ask(
    world: &World,
    till: &Till,
    scope: PullScope,
    cursor: Option<&str>,
    limit: u32,
) -> Answer {
    let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
    let path = format!(
        "/v1/sync/pull?scope={}&limit={limit}{cursor}",
        scope.as_str()
    );
    world.get(till, &path).await
}

/// One page that must come.
pub async fn page(
    world: &World,
    till: &Till,
    scope: PullScope,
    cursor: Option<&str>,
    limit: u32,
) -> PullAnswer {
    let answer = ask(world, till, scope, cursor, limit).await;
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 200, "{text}");
    serde_json::from_slice(&answer.body).expect("a page")
}

/// All pages up to the one that says there are no more.
pub async fn round(
    world: &World,
    till: &Till,
    scope: PullScope,
    cursor: Option<&str>,
    limit: u32,
) -> (Vec<PullRow>, PullAnswer) {
    let mut rows = Vec::new();
    let mut cursor = cursor.map(str::to_owned);
    loop {
        let mut page = page(world, till, scope, cursor.as_deref(), limit).await;
        rows.append(&mut page.rows);
        if !page.more {
            return (rows, page);
        }
        cursor = Some(page.next);
    }
}

/// What a till holds that took these rows one after the other.
pub fn held(rows: &[PullRow]) -> Vec<(String, i64)> {
    let mut held = std::collections::BTreeMap::new();
    for row in rows.iter().filter(|row| row.entity == "product") {
        match &row.data {
            None => drop(held.remove(&row.id)),
            Some(data) => {
                let data: serde_json::Value = serde_json::from_str(data.get()).expect("json");
                let price = data["price_minor"].as_i64().expect("a price");
                held.insert(row.id.clone(), price);
            }
        }
    }
    held.into_iter().collect()
}

pub fn reach(till: &Till) -> PullReach {
    PullReach {
        tenant: till.identity.tenant,
        branch: till.identity.branch,
        till: till.identity.till,
    }
}
