//! Head office's tables in PostgreSQL.

mod conflicts;
mod goods;
pub(super) mod keys;
mod office;
mod put_goods;
mod shop;
mod tills;
mod versions;

use protocol::conflict::ConflictRow;
use protocol::pull::ProductRow;
use uuid::Uuid;

use super::PgStore;
use crate::store::admin::{
    Admin, AdminStore, AdminTokenWanted, BranchPut, BranchRow, CodeForBranch, ConflictsWanted,
    GoodsWanted, HeadOffice, Lag, Note, OfficeKey, ProductPut, Put, ShopKey, ShopPut, ShopRow,
    ShopTable, TenantRow, TillRow, TillSeen, TokenKeyBytes,
};
use crate::store::{Later, Reach};

impl AdminStore for PgStore {
    fn token_key(&self) -> TokenKeyBytes {
        self.token_key
    }

    fn make_admin_token(&self, wanted: AdminTokenWanted) -> Later<'_, bool> {
        Box::pin(async move { office::make_token(&self.pool, &wanted).await })
    }

    fn revoke_admin_tokens(&self, tenant_name: String, now_ms: i64) -> Later<'_, u64> {
        Box::pin(async move { office::revoke_tokens(&self.pool, &tenant_name, now_ms).await })
    }

    fn admin_of(&self, token_hash: [u8; 32]) -> Later<'_, Option<Admin>> {
        Box::pin(async move { office::admin_of(&self.pool, &token_hash).await })
    }

    fn tenants(&self) -> Later<'_, Vec<TenantRow>> {
        Box::pin(async move { office::tenants(&self.pool).await })
    }

    fn put_tenant(&self, tenant: TenantRow) -> Later<'_, Uuid> {
        Box::pin(async move { office::put_tenant(&self.pool, &tenant).await })
    }

    fn branches(&self, tenant: Uuid) -> Later<'_, Vec<BranchRow>> {
        Box::pin(async move { office::branches(&self.pool, tenant).await })
    }

    fn put_branch(&self, put: BranchPut) -> Later<'_, Put> {
        Box::pin(async move { office::put_branch(&self.pool, &put).await })
    }

    fn code_for_branch(&self, code: CodeForBranch) -> Later<'_, bool> {
        Box::pin(async move { office::code_for_branch(&self.pool, &code).await })
    }

    fn note(&self, note: Note) -> Later<'_, ()> {
        Box::pin(async move { office::note(&self.pool, &note).await })
    }

    fn tills(&self, reach: Reach) -> Later<'_, Vec<TillRow>> {
        Box::pin(async move { tills::tills(&self.pool, reach).await })
    }

    fn till_seen(&self, seen: TillSeen) -> Later<'_, ()> {
        Box::pin(async move { tills::seen(&self.pool, &seen).await })
    }

    fn till_app(&self, tenant: Uuid, till: Uuid) -> Later<'_, Option<String>> {
        Box::pin(async move { tills::app(&self.pool, tenant, till).await })
    }

    fn lags(&self) -> Later<'_, Vec<Lag>> {
        Box::pin(async move { tills::lags(&self.pool).await })
    }

    fn revoke_till(&self, tenant: Uuid, till: Uuid, now_ms: i64) -> Later<'_, Option<Put>> {
        Box::pin(async move { tills::revoke(&self.pool, tenant, till, now_ms).await })
    }

    fn shop_rows(&self, tenant: Uuid, table: ShopTable) -> Later<'_, Vec<ShopRow>> {
        Box::pin(async move { shop::rows(&self.pool, tenant, table).await })
    }

    fn put_shop_row(&self, tenant: Uuid, put: ShopPut) -> Later<'_, Put> {
        Box::pin(async move { shop::put(&self.pool, tenant, &put).await })
    }

    fn delete_shop_row(&self, tenant: Uuid, key: ShopKey) -> Later<'_, bool> {
        Box::pin(async move { shop::delete(&self.pool, tenant, &key).await })
    }

    fn products(&self, tenant: Uuid, wanted: GoodsWanted) -> Later<'_, Vec<ProductRow>> {
        Box::pin(async move { goods::products(&self.pool, tenant, &wanted).await })
    }

    fn product(&self, tenant: Uuid, product_id: Uuid) -> Later<'_, Option<ProductRow>> {
        Box::pin(async move { goods::product(&self.pool, tenant, product_id).await })
    }

    fn put_products(
        &self,
        tenant: Uuid,
        puts: Vec<ProductPut>,
        now_ms: i64,
    ) -> Later<'_, Vec<Put>> {
        Box::pin(async move { put_goods::put(&self.pool, tenant, &puts, now_ms).await })
    }

    fn put_price(
        &self,
        tenant: Uuid,
        product_id: Uuid,
        price_minor: Option<i64>,
        now_ms: i64,
    ) -> Later<'_, bool> {
        let wanted = (product_id, price_minor);
        Box::pin(async move { put_goods::put_price(&self.pool, tenant, wanted, now_ms).await })
    }

    fn delete_product(&self, tenant: Uuid, product_id: Uuid) -> Later<'_, bool> {
        Box::pin(async move { goods::delete(&self.pool, tenant, product_id).await })
    }

    fn conflicts(&self, tenant: Uuid, wanted: ConflictsWanted) -> Later<'_, Vec<ConflictRow>> {
        Box::pin(async move { conflicts::conflicts(&self.pool, tenant, wanted).await })
    }

    fn conflict(&self, tenant: Uuid, conflict: Uuid) -> Later<'_, Option<ConflictRow>> {
        Box::pin(async move { conflicts::conflict(&self.pool, tenant, conflict).await })
    }

    fn head_office(&self, tenant: Uuid, fresh: OfficeKey) -> Later<'_, Option<HeadOffice>> {
        Box::pin(async move { office::head_office(&self.pool, tenant, &fresh).await })
    }
}
