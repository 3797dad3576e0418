//! Head office's tables in SQLite.

mod conflicts;
mod goods;
pub(super) mod keys;
mod office;
mod shop;
mod tills;
mod versions;

use protocol::conflict::ConflictRow;
use protocol::pull::ProductRow;
use uuid::Uuid;

use super::{SqliteStore, tenancy};
use crate::store::admin::{
    Admin, AdminStore, AdminTokenWanted, BranchPut, BranchRow, CodeForBranch, ConflictsWanted,
    GoodsWanted, HeadOffice, Lag, Note, OfficeKey, ProductPut, Put, ShopKey, ShopPut, ShopRow,
    ShopTable, TenantRow, TillRow, TillSeen, TokenKeyBytes,
};
use crate::store::{Later, Reach};

macro_rules! reading {
    ($store:ident, $doing:literal, $look:expr) => {
        Box::pin($store.readers.read($doing, $look))
    };
}

macro_rules! writing {
    ($store:ident, $doing:literal, $act:expr) => {
        Box::pin($store.writer.transact($doing, $act))
    };
}

impl AdminStore for SqliteStore {
    fn token_key(&self) -> TokenKeyBytes {
        self.token_key
    }

    fn make_admin_token(&self, wanted: AdminTokenWanted) -> Later<'_, bool> {
        writing!(self, "making an admin token", move |tx| {
            office::make_token(tx, &wanted)
        })
    }

    fn revoke_admin_tokens(&self, tenant_name: String, now_ms: i64) -> Later<'_, u64> {
        writing!(self, "ending admin tokens", move |tx| {
            office::revoke_tokens(tx, &tenant_name, now_ms)
        })
    }

    fn admin_of(&self, token_hash: [u8; 32]) -> Later<'_, Option<Admin>> {
        reading!(self, "looking an admin token up", move |snapshot| {
            office::admin_of(snapshot, &token_hash)
        })
    }

    fn tenants(&self) -> Later<'_, Vec<TenantRow>> {
        reading!(self, "reading tenants", |snapshot| office::tenants(
            snapshot
        ))
    }

    fn put_tenant(&self, tenant: TenantRow) -> Later<'_, Uuid> {
        writing!(self, "making a tenant", move |tx| {
            tenancy::tenant_named(tx, &tenant.name, tenant.tenant, tenant.created_at_ms)
        })
    }

    fn branches(&self, tenant: Uuid) -> Later<'_, Vec<BranchRow>> {
        reading!(self, "reading branches", move |snapshot| {
            office::branches(snapshot, tenant)
        })
    }

    fn put_branch(&self, put: BranchPut) -> Later<'_, Put> {
        writing!(self, "writing a branch", move |tx| office::put_branch(
            tx, &put
        ))
    }

    fn code_for_branch(&self, code: CodeForBranch) -> Later<'_, bool> {
        writing!(self, "making an enrolment code", move |tx| {
            office::code_for_branch(tx, &code)
        })
    }

    fn note(&self, note: Note) -> Later<'_, ()> {
        writing!(self, "writing the office's log", move |tx| office::note(
            tx, &note
        ))
    }

    fn tills(&self, reach: Reach) -> Later<'_, Vec<TillRow>> {
        reading!(self, "reading tills", move |snapshot| tills::tills(
            snapshot, reach
        ))
    }

    fn till_seen(&self, seen: TillSeen) -> Later<'_, ()> {
        writing!(self, "keeping a till's last word", move |tx| tills::seen(
            tx, &seen
        ))
    }

    fn till_app(&self, tenant: Uuid, till: Uuid) -> Later<'_, Option<String>> {
        reading!(self, "reading a till's program version", move |snapshot| {
            tills::app(snapshot, tenant, till)
        })
    }

    fn lags(&self) -> Later<'_, Vec<Lag>> {
        reading!(self, "reading how far tills are behind", |snapshot| {
            tills::lags(snapshot)
        })
    }

    fn revoke_till(&self, tenant: Uuid, till: Uuid, now_ms: i64) -> Later<'_, Option<Put>> {
        writing!(self, "revoking a till", move |tx| tills::revoke(
            tx, tenant, till, now_ms
        ))
    }

    fn shop_rows(&self, tenant: Uuid, table: ShopTable) -> Later<'_, Vec<ShopRow>> {
        reading!(self, "reading head office's tables", move |snapshot| {
            shop::rows(snapshot, tenant, table)
        })
    }

    fn put_shop_row(&self, tenant: Uuid, put: ShopPut) -> Later<'_, Put> {
        writing!(self, "writing head office's tables", move |tx| shop::put(
            tx, tenant, &put
        ))
    }

    fn delete_shop_row(&self, tenant: Uuid, key: ShopKey) -> Later<'_, bool> {
        writing!(self, "writing head office's tables", move |tx| {
            shop::delete(tx, tenant, &key)
        })
    }

    fn products(&self, tenant: Uuid, wanted: GoodsWanted) -> Later<'_, Vec<ProductRow>> {
        reading!(self, "reading products", move |snapshot| goods::products(
            snapshot, tenant, &wanted
        ))
    }

    fn product(&self, tenant: Uuid, product_id: Uuid) -> Later<'_, Option<ProductRow>> {
        reading!(self, "reading a product", move |snapshot| goods::product(
            snapshot, tenant, product_id
        ))
    }

    fn put_products(
        &self,
        tenant: Uuid,
        puts: Vec<ProductPut>,
        now_ms: i64,
    ) -> Later<'_, Vec<Put>> {
        writing!(self, "writing products", move |tx| goods::put(
            tx, tenant, &puts, now_ms
        ))
    }

    fn put_price(
        &self,
        tenant: Uuid,
        product_id: Uuid,
        price_minor: Option<i64>,
        now_ms: i64,
    ) -> Later<'_, bool> {
        let wanted = (product_id, price_minor);
        writing!(self, "writing a price", move |tx| goods::put_price(
            tx, tenant, wanted, now_ms
        ))
    }

    fn delete_product(&self, tenant: Uuid, product_id: Uuid) -> Later<'_, bool> {
        writing!(self, "deleting a product", move |tx| goods::delete(
            tx, tenant, product_id
        ))
    }

    fn conflicts(&self, tenant: Uuid, wanted: ConflictsWanted) -> Later<'_, Vec<ConflictRow>> {
        reading!(self, "reading conflicts", move |snapshot| {
            conflicts::conflicts(snapshot, tenant, wanted)
        })
    }

    fn conflict(&self, tenant: Uuid, conflict: Uuid) -> Later<'_, Option<ConflictRow>> {
        reading!(self, "reading a conflict", move |snapshot| {
            conflicts::conflict(snapshot, tenant, conflict)
        })
    }

    fn head_office(&self, tenant: Uuid, fresh: OfficeKey) -> Later<'_, Option<HeadOffice>> {
        writing!(self, "looking head office's till up", move |tx| {
            office::head_office(tx, tenant, &fresh)
        })
    }
}
