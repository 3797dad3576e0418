//! Head office by hand: rows written straight into the tables, each under the tenant's clock.

use cloud::store::pull::PullReach;
use protocol::pull::{PullAnswer, PullRow, PullScope};
use uuid::Uuid;

use crate::common::hand::Hand;
use crate::common::{Answer, Till, World};

pub struct Office {
    pub hand: Hand,
    pub tenant: Uuid,
}

impl Office {
    pub fn of(world: &World, till: &Till) -> Self {
        Self {
            hand: world.hand(),
            tenant: till.identity.tenant,
        }
    }

    fn tenant(&self) -> String {
        self.hand.id(self.tenant)
    }

    /// The next version, as whoever writes takes it.
    pub fn next(&self) -> i64 {
        let tenant = self.tenant();
        let clock = "UPDATE tenant_clock SET v = v + 1 WHERE tenant =";
        self.hand.number(&format!("{clock} {tenant} RETURNING v"))
    }

    pub fn now(&self) -> u64 {
        let tenant = self.tenant();
        let clock = format!("SELECT v FROM tenant_clock WHERE tenant = {tenant}");
        u64::try_from(self.hand.number(&clock)).expect("it counts up")
    }

    pub fn product_at(&self, rv: i64, id: u128, price_minor: i64, deleted: bool) {
        let (tenant, deleted) = (self.tenant(), self.hand.truth(deleted));
        let product = self.hand.id(Uuid::from_u128(id));
        let nobody = self.hand.id(Uuid::nil());
        self.hand.run(&format!(
            "INSERT INTO product (tenant, product_id, code, name, unit, price_minor, tax_class, tax_rate_bp,
                                  category, barcodes, row_version, deleted)
             VALUES ({tenant}, {product}, NULL, 'Tea', 'piece', {price_minor}, 'zero', 0, NULL,
                     '[\"5012345678900\"]', {rv}, {deleted})
             ON CONFLICT (tenant, product_id)
             DO UPDATE SET price_minor = excluded.price_minor, row_version = excluded.row_version,
                           deleted = excluded.deleted;
             INSERT INTO product_group (tenant, product_id, field_group, version, till)
             VALUES ({tenant}, {product}, 'price', {rv}, {nobody})
             ON CONFLICT (tenant, product_id, field_group) DO UPDATE SET version = excluded.version"
        ));
    }

    pub fn product(&self, id: u128, price_minor: i64) {
        self.product_at(self.next(), id, price_minor, false);
    }

    pub fn delete_product(&self, id: u128) {
        self.product_at(self.next(), id, 0, true);
    }

    pub fn tax_class(&self, code: &str, deleted: bool) {
        let (tenant, rv, deleted) = (self.tenant(), self.next(), self.hand.truth(deleted));
        self.hand.run(&format!(
            "INSERT INTO tax_class (tenant, code, name, rate_bp, rv, deleted)
             VALUES ({tenant}, '{code}', 'Tax', 2000, {rv}, {deleted})
             ON CONFLICT (tenant, code) DO UPDATE SET rv = excluded.rv, deleted = excluded.deleted"
        ));
    }

    pub fn rule(&self, branch: Option<Uuid>, position: u32, prefix: &str) {
        let (tenant, rv) = (self.tenant(), self.next());
        let branch = self.hand.id(branch.unwrap_or_default());
        self.hand.run(&format!(
            "INSERT INTO in_store_rule (tenant, branch, position, rule, rv)
             VALUES ({tenant}, {branch}, {position}, '{{\"prefix\":\"{prefix}\"}}', {rv})"
        ));
    }

    pub fn setting(&self, branch: Option<Uuid>, name: &str, value: &str, deleted: bool) {
        let (tenant, rv, deleted) = (self.tenant(), self.next(), self.hand.truth(deleted));
        let branch = self.hand.id(branch.unwrap_or_default());
        self.hand.run(&format!(
            "INSERT INTO branch_setting (tenant, branch, name, value, rv, deleted)
             VALUES ({tenant}, {branch}, '{name}', '{value}', {rv}, {deleted})
             ON CONFLICT (tenant, branch, name)
             DO UPDATE SET value = excluded.value, rv = excluded.rv, deleted = excluded.deleted"
        ));
    }

    pub fn operator(&self, id: u128, branches: Option<&[Uuid]>) {
        let (tenant, rv, active) = (self.tenant(), self.next(), self.hand.truth(true));
        let operator = self.hand.id(Uuid::from_u128(id));
        let branches = branches.map_or_else(
            || "NULL".to_owned(),
            |branches| format!("'{}'", serde_json::to_string(branches).expect("json")),
        );
        self.hand.run(&format!(
            "INSERT INTO operator (tenant, operator_id, name, role, active, pin_phc, branches, rv)
             VALUES ({tenant}, {operator}, 'Ada', 'manager', {active}, '$argon2id$', {branches}, {rv})
             ON CONFLICT (tenant, operator_id) DO UPDATE SET branches = excluded.branches, rv = excluded.rv"
        ));
    }

    /// Every live product with its price: what a till must hold in the end.
    pub fn prices(&self) -> Vec<(String, i64)> {
        let (tenant, live) = (self.tenant(), self.hand.truth(false));
        let rows = self.hand.numbers(&format!(
            "SELECT product_id, price_minor FROM product WHERE tenant = {tenant} AND deleted = {live}
             ORDER BY product_id"
        ));
        let named = rows.into_iter().map(|(id, price)| (id.to_string(), price));
        named.collect()
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
