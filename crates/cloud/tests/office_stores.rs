//! Head office on either store: the same words to both, the same answers and the same rows.

#![allow(clippy::pedantic, missing_docs)]

mod common;
#[path = "office_stores/goods.rs"]
mod goods;

use cloud::store::admin::{
    AdminTokenWanted, BranchPut, CodeForBranch, Note, OfficeKey, OperatorEntry, Put, RuleEntry,
    SettingEntry, ShopKey, ShopPut, ShopTable, TenantRow, TillSeen,
};
use cloud::store::postgres::PgStore;
use cloud::store::sqlite::SqliteStore;
use cloud::store::{Reach, Store};
use common::postgres::OwnDatabase;
use common::{StandingClock, entropy};
use domain::Role;
use protocol::pull::{InStoreRuleRow, SettingRow, TaxClassRow};
use serde_json::json;
use uuid::Uuid;

const TENANT: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
const BRANCH: Uuid = Uuid::from_u128(11);

struct Stores {
    sqlite: SqliteStore,
    postgres: PgStore,
    _database: OwnDatabase,
    _dir: tempfile::TempDir,
}

impl Stores {
    async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let clock = StandingClock::default();
        let file = dir.path().join("cloud.db");
        let database = OwnDatabase::fresh().await;
        Self {
            sqlite: SqliteStore::open(&file, &clock, &*entropy()).expect("the file opens"),
            postgres: PgStore::open(&database.url(), &clock, &*entropy())
                .await
                .expect("the database opens"),
            _database: database,
            _dir: dir,
        }
    }

    /// Says the same to both and shows that they answer the same.
    async fn same<T: std::fmt::Debug>(&self, why: &str, say: impl AsyncFn(&dyn Store) -> T) -> T {
        let one = say(&self.sqlite).await;
        let other = say(&self.postgres).await;
        assert_eq!(format!("{one:#?}"), format!("{other:#?}"), "{why}");
        one
    }
}

async fn with_tenants(stores: &Stores) {
    for (tenant, name) in [
        (TENANT, "Acme"),
        (OTHER, "Bolt"),
        (Uuid::from_u128(3), "Acme"),
    ] {
        let row = TenantRow {
            tenant,
            name: name.into(),
            created_at_ms: 5,
        };
        let made = stores
            .same(name, async |s| s.put_tenant(row.clone()).await.unwrap())
            .await;
        assert_eq!(
            made,
            if name == "Acme" { TENANT } else { OTHER },
            "a name is one tenant"
        );
    }
    for (branch, name, became) in [
        (BRANCH, "High Street", Put::Made),
        (BRANCH, "High Street", Put::Same),
        (Uuid::from_u128(12), "High Street", Put::Taken),
        (BRANCH, "High Road", Put::Changed),
    ] {
        let put = BranchPut {
            tenant: TENANT,
            branch,
            name: name.into(),
            now_ms: 6,
        };
        let did = stores
            .same(name, async |s| s.put_branch(put.clone()).await.unwrap())
            .await;
        assert_eq!(did, became, "{name}");
    }
}

#[tokio::test]
async fn credentials_branches_and_head_offices_own_till_are_the_same_on_both() {
    let stores = Stores::start().await;
    with_tenants(&stores).await;
    stores
        .same("tenants", async |s| s.tenants().await.unwrap())
        .await;
    stores
        .same("branches", async |s| s.branches(TENANT).await.unwrap())
        .await;
    let none = stores
        .same("Bolt's", async |s| s.branches(OTHER).await.unwrap())
        .await;
    assert!(none.is_empty(), "another tenant's branches are not seen");

    let wanted = AdminTokenWanted {
        tenant_name: "Acme".into(),
        token_id: Uuid::from_u128(9),
        token_hash: [7; 32],
        now_ms: 7,
    };
    let made = async |s: &dyn Store| s.make_admin_token(wanted.clone()).await.unwrap();
    assert!(stores.same("a token", made).await);
    let admin = stores
        .same("admin", async |s| s.admin_of([7; 32]).await.unwrap())
        .await;
    assert_eq!(admin.map(|admin| admin.tenant), Some(TENANT));
    let ended = async |s: &dyn Store| s.revoke_admin_tokens("Acme".into(), 8).await.unwrap();
    assert_eq!(stores.same("ended", ended).await, 1);
    let admin = stores
        .same("gone", async |s| s.admin_of([7; 32]).await.unwrap())
        .await;
    assert_eq!(admin, None, "a token that was ended opens nothing");

    for (branch, there) in [(BRANCH, true), (BRANCH, true), (Uuid::from_u128(99), false)] {
        let code = CodeForBranch {
            tenant: TENANT,
            branch,
            code_hash: [3; 32],
            expires_at_ms: 9,
        };
        let kept = async |s: &dyn Store| s.code_for_branch(code.clone()).await.unwrap();
        assert_eq!(stores.same("a code", kept).await, there);
    }
    let note = Note {
        admin: admin.unwrap_or(cloud::store::admin::Admin {
            tenant: TENANT,
            token_id: None,
        }),
        at_ms: 1,
        act: "revoke",
        about: "nothing".into(),
    };
    for _ in 0..2 {
        stores
            .same("a note", async |s| s.note(note.clone()).await.unwrap())
            .await;
    }
    for (tenant, there) in [(TENANT, true), (TENANT, true), (OTHER, false)] {
        let till = async |s: &dyn Store| {
            let fresh = OfficeKey {
                till: Uuid::from_u128(77),
                secret: [4; 32],
                public_key: [5; 32],
                now_ms: 3,
            };
            let office = s.head_office(tenant, fresh).await.unwrap();
            office.map(|office| (office.credential, office.secret))
        };
        assert_eq!(stores.same("its till", till).await.is_some(), there);
    }
    let seen = TillSeen {
        tenant: TENANT,
        till: Uuid::from_u128(77),
        now_ms: 50,
        app: "1.2.3".into(),
        backlog: Some(4),
        proof_ok: Some(true),
    };
    stores
        .same("seen", async |s| s.till_seen(seen.clone()).await.unwrap())
        .await;
    let app = async |s: &dyn Store| s.till_app(TENANT, Uuid::from_u128(77)).await.unwrap();
    assert_eq!(
        stores.same("its program", app).await.as_deref(),
        Some("1.2.3")
    );
    assert_eq!(
        stores
            .same("lags", async |s| s.lags().await.unwrap())
            .await
            .len(),
        1
    );
    let reach = Reach {
        tenant: TENANT,
        branch: None,
    };
    let tills = stores
        .same("tills", async |s| s.tills(reach).await.unwrap())
        .await;
    assert!(
        tills.is_empty(),
        "head office's own till is nobody's counter"
    );
    let own = Uuid::from_u128(77);
    let revoked = async |s: &dyn Store| s.revoke_till(TENANT, own, 1).await.unwrap();
    assert_eq!(
        stores.same("own", revoked).await,
        None,
        "nor can it be revoked"
    );
}

#[tokio::test]
async fn small_tables_are_the_same_on_both() {
    let stores = Stores::start().await;
    with_tenants(&stores).await;
    let operator = OperatorEntry {
        operator_id: Uuid::from_u128(5),
        name: "Ada".into(),
        role: Role::Manager,
        active: true,
        has_pin: false,
        branches: Some(vec![BRANCH]),
    };
    let stranger = OperatorEntry {
        branches: Some(vec![Uuid::from_u128(4)]),
        ..operator.clone()
    };
    let pin = ShopPut::OperatorPin {
        operator_id: operator.operator_id,
        pin_phc: "$argon2id$".into(),
    };
    let rule = RuleEntry {
        branch: None,
        row: InStoreRuleRow {
            position: 3,
            rule: json!({ "prefix": "21" }),
        },
    };
    let setting = SettingEntry {
        branch: Some(BRANCH),
        row: SettingRow {
            name: "footer".into(),
            value: json!("Thank you"),
        },
    };
    let class = TaxClassRow {
        code: "standard".into(),
        name: "VAT".into(),
        rate_bp: 2_000,
    };
    let puts = [
        pin.clone(),
        ShopPut::Operator(stranger),
        ShopPut::Operator(operator.clone()),
        ShopPut::Operator(operator.clone()),
        pin,
        ShopPut::InStoreRule(rule.clone()),
        ShopPut::InStoreRule(rule),
        ShopPut::Setting(setting.clone()),
        ShopPut::Setting(setting),
        ShopPut::TaxClass(class.clone()),
        ShopPut::TaxClass(class),
    ];
    for put in puts {
        let say = async |s: &dyn Store| s.put_shop_row(TENANT, put.clone()).await.unwrap();
        stores.same(&format!("{put:?}"), say).await;
    }
    let tables = [
        ShopTable::TaxClasses,
        ShopTable::InStoreRules,
        ShopTable::Operators,
        ShopTable::Settings,
    ];
    for (tenant, count) in [(TENANT, 1), (OTHER, 0)] {
        for table in tables {
            let rows = async |s: &dyn Store| s.shop_rows(tenant, table).await.unwrap();
            assert_eq!(stores.same("rows", rows).await.len(), count, "{table:?}");
        }
    }
    for key in [
        ShopKey::TaxClass("standard".into()),
        ShopKey::InStoreRule(None, 3),
        ShopKey::Operator(operator.operator_id),
        ShopKey::Setting(Some(BRANCH), "footer".into()),
    ] {
        for (tenant, gone) in [(OTHER, false), (TENANT, true), (TENANT, false)] {
            let say = async |s: &dyn Store| s.delete_shop_row(tenant, key.clone()).await.unwrap();
            assert_eq!(
                stores.same("deleted", say).await,
                gone,
                "{key:?} of {tenant}"
            );
        }
    }
}
