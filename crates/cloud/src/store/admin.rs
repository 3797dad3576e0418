//! What head office needs of a database: credentials, branches, people, goods, tills, decisions.
//!
//! Owns the trait [`AdminStore`] and the values that cross it. Promises of every store: a method
//! that names a tenant reads and writes that tenant alone; whatever a till pulls gets a version of
//! its own under the tenant's clock, and a row that does not change keeps the one it has.
//! Never does: deciding who may ask, hashing a secret, reading a clock.

mod goods;
mod office;
mod shop;
mod tills;

use protocol::conflict::ConflictRow;
use protocol::pull::ProductRow;
use uuid::Uuid;

pub use goods::{ConflictsWanted, GoodsWanted, ProductPut};
pub(in crate::store) use goods::{Groups, differing, groups};
pub use office::{
    Admin, AdminTokenWanted, BranchPut, BranchRow, CodeForBranch, HeadOffice, Note, OfficeKey,
    TenantRow,
};
pub use shop::{OperatorEntry, RuleEntry, SettingEntry, ShopKey, ShopPut, ShopRow, ShopTable};
pub use tills::{Lag, TillRow, TillSeen};

use super::{Later, Reach};

/// The key with which this cloud proves its own access tokens: 256 random bits.
pub type TokenKeyBytes = [u8; 32];

/// What became of a row that was to be as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was not there and is now.
    Made,
    /// It was another and is as asked now.
    Changed,
    /// It was so already: nothing was written and no version taken.
    Same,
    /// Another row has the name or the code.
    Taken,
    /// What it belongs to is not there.
    Orphan,
}

/// A database that head office can work with.
pub trait AdminStore: Send + Sync + 'static {
    /// The key of the access tokens: made with the database, the same for every process on it.
    fn token_key(&self) -> TokenKeyBytes;

    /// Keeps the hash of an admin token of a tenant; `false` if there is no such tenant.
    fn make_admin_token(&self, wanted: AdminTokenWanted) -> Later<'_, bool>;

    /// Ends every admin token of a tenant; how many there were.
    fn revoke_admin_tokens(&self, tenant_name: String, now_ms: i64) -> Later<'_, u64>;

    /// Who an admin token speaks for.
    fn admin_of(&self, token_hash: [u8; 32]) -> Later<'_, Option<Admin>>;

    /// Every tenant, by name.
    fn tenants(&self) -> Later<'_, Vec<TenantRow>>;

    /// Makes a tenant unless its name is there; its id.
    fn put_tenant(&self, tenant: TenantRow) -> Later<'_, Uuid>;

    /// The branches of a tenant, by name.
    fn branches(&self, tenant: Uuid) -> Later<'_, Vec<BranchRow>>;

    /// Makes or renames a branch.
    fn put_branch(&self, put: BranchPut) -> Later<'_, Put>;

    /// Keeps an enrolment code's hash for a branch; `false` if there is no such branch.
    fn code_for_branch(&self, code: CodeForBranch) -> Later<'_, bool>;

    /// Writes down what a person of head office did that no op tells.
    fn note(&self, note: Note) -> Later<'_, ()>;

    /// The tills within reach, by name, head office's own left out.
    fn tills(&self, reach: Reach) -> Later<'_, Vec<TillRow>>;

    /// Keeps a till's last word about itself.
    fn till_seen(&self, seen: TillSeen) -> Later<'_, ()>;

    /// The program version of a till's last word.
    fn till_app(&self, tenant: Uuid, till: Uuid) -> Later<'_, Option<String>>;

    /// How far every till of every tenant is behind.
    fn lags(&self) -> Later<'_, Vec<Lag>>;

    /// Revokes a till; `None`: the tenant has none of that id, `Same`: it was revoked before.
    fn revoke_till(&self, tenant: Uuid, till: Uuid, now_ms: i64) -> Later<'_, Option<Put>>;

    /// Rows of one of the small tables, live ones only.
    fn shop_rows(&self, tenant: Uuid, table: ShopTable) -> Later<'_, Vec<ShopRow>>;

    /// Makes one of these rows be as asked.
    fn put_shop_row(&self, tenant: Uuid, put: ShopPut) -> Later<'_, Put>;

    /// Leaves a tombstone; `false` if there was no such row.
    fn delete_shop_row(&self, tenant: Uuid, key: ShopKey) -> Later<'_, bool>;

    /// Live products, by name.
    fn products(&self, tenant: Uuid, wanted: GoodsWanted) -> Later<'_, Vec<ProductRow>>;

    /// A live product.
    fn product(&self, tenant: Uuid, product_id: Uuid) -> Later<'_, Option<ProductRow>>;

    /// Makes products be as asked, in one transaction; one answer each.
    fn put_products(&self, tenant: Uuid, puts: Vec<ProductPut>, now_ms: i64)
    -> Later<'_, Vec<Put>>;

    /// Changes a live product's price and no other field, as it is under the tenant's clock;
    /// `false` if there is no such product.
    fn put_price(
        &self,
        tenant: Uuid,
        product_id: Uuid,
        price_minor: Option<i64>,
        now_ms: i64,
    ) -> Later<'_, bool>;

    /// Leaves a tombstone; `false` if there was no such product.
    fn delete_product(&self, tenant: Uuid, product_id: Uuid) -> Later<'_, bool>;

    /// What needs a person, or did: the newest first.
    fn conflicts(&self, tenant: Uuid, wanted: ConflictsWanted) -> Later<'_, Vec<ConflictRow>>;

    /// One of them.
    fn conflict(&self, tenant: Uuid, conflict: Uuid) -> Later<'_, Option<ConflictRow>>;

    /// Head office's own till; made with the key given if the tenant has none. `None`: the tenant
    /// has no branch yet.
    fn head_office(&self, tenant: Uuid, fresh: OfficeKey) -> Later<'_, Option<HeadOffice>>;
}
