//! Products and what needs a person, on either store.

use cloud::store::Store;
use cloud::store::admin::{ConflictsWanted, GoodsWanted, ProductPut, Put, ShopPut};
use domain::Unit;
use protocol::pull::TaxClassRow;
use uuid::Uuid;

use super::{OTHER, Stores, TENANT, with_tenants};

fn tea(n: u128, code: &str, price_minor: i64) -> ProductPut {
    ProductPut {
        product_id: Uuid::from_u128(1_000 + n),
        code: Some(code.into()),
        name: format!("Tea, green {n}"),
        unit: Unit::Piece,
        price_minor: Some(price_minor),
        tax_class: "standard".into(),
        category: None,
        barcodes: vec![format!("50123456789{n:02}")],
    }
}

#[tokio::test]
async fn a_price_alone_leaves_everything_else_as_it_is_by_then() {
    let stores = Stores::start().await;
    with_tenants(&stores).await;
    let class = |code: &str, rate_bp| {
        let (code, name) = (code.to_owned(), "VAT".to_owned());
        ShopPut::TaxClass(TaxClassRow {
            code,
            name,
            rate_bp,
        })
    };
    let say = async |s: &dyn Store| {
        let put = s.put_shop_row(TENANT, class("standard", 2_000)).await;
        put.unwrap();
        s.put_products(TENANT, vec![tea(1, "A", 100)], 5)
            .await
            .unwrap();
        // Its class has another rate by now: a price is no reason to write that as well.
        let put = s.put_shop_row(TENANT, class("standard", 2_500)).await;
        put.unwrap();
        s.product(TENANT, tea(1, "", 0).product_id).await.unwrap()
    };
    let before = stores.same("before", say).await.unwrap();
    let mut last = before.clone();
    for price_minor in [Some(7), Some(7), None, Some(9)] {
        let say = async |s: &dyn Store| {
            let put = s.put_price(TENANT, before.product_id, price_minor, 6).await;
            assert!(put.unwrap(), "it is there");
            s.product(TENANT, before.product_id).await.unwrap()
        };
        let now = stores.same("a price", say).await.unwrap();
        let grew = now.versions["price"] > last.versions["price"];
        let other = last.price_minor != price_minor;
        assert_eq!(grew, other, "a new version for another price alone");
        let mut expected = before.clone();
        expected.price_minor = price_minor;
        let price = now.versions["price"];
        expected.versions.insert("price".into(), price);
        assert_eq!(now, expected, "and nothing else is new");
        last = now;
    }
    for (tenant, n) in [(OTHER, 1), (TENANT, 2)] {
        let id = tea(n, "", 0).product_id;
        let say = async |s: &dyn Store| s.put_price(tenant, id, Some(1), 7).await.unwrap();
        assert!(!stores.same("none", say).await, "{tenant} has no {id}");
    }
    let say = async |s: &dyn Store| {
        let gone = s.delete_product(TENANT, before.product_id).await.unwrap();
        let put = s.put_price(TENANT, before.product_id, Some(1), 8).await;
        (gone, put.unwrap())
    };
    let said = stores.same("a tombstone", say).await;
    assert_eq!(said, (true, false), "a price does not bring it back");
}

#[tokio::test]
async fn products_are_the_same_on_both_to_the_version_of_each_group() {
    let stores = Stores::start().await;
    with_tenants(&stores).await;
    let class = ShopPut::TaxClass(TaxClassRow {
        code: "standard".into(),
        name: "VAT".into(),
        rate_bp: 2_000,
    });
    let say = async |s: &dyn Store| s.put_shop_row(TENANT, class.clone()).await.unwrap();
    stores.same("a class", say).await;
    let unknown = ProductPut {
        tax_class: "none".into(),
        ..tea(9, "I", 1)
    };
    let rounds = [
        // The same product twice in one round; a code that is taken within the round; one that
        // becomes free within it.
        vec![
            tea(1, "A", 100),
            tea(2, "B", 200),
            tea(1, "A", 150),
            tea(3, "B", 1),
            unknown,
        ],
        vec![tea(2, "C", 200), tea(3, "B", 300), tea(1, "A", 150)],
        vec![],
        vec![
            tea(4, "D", 400),
            tea(4, "D", 400),
            tea(4, "E", 400),
            tea(5, "D", 500),
        ],
    ];
    for round in rounds {
        let say = async |s: &dyn Store| s.put_products(TENANT, round.clone(), 5).await.unwrap();
        stores.same(&format!("{round:#?}"), say).await;
    }
    for (tenant, gone) in [(OTHER, false), (TENANT, true), (TENANT, false)] {
        let id = tea(2, "C", 1).product_id;
        let say = async |s: &dyn Store| s.delete_product(tenant, id).await.unwrap();
        assert_eq!(stores.same("deleted", say).await, gone);
    }
    let say = async |s: &dyn Store| {
        s.put_products(TENANT, vec![tea(6, "C", 1), tea(2, "F", 200)], 6)
            .await
            .unwrap()
    };
    assert_eq!(
        stores
            .same("a tombstone's code is free, a tombstone comes back", say)
            .await,
        [Put::Made, Put::Made]
    );
    for (words, tenant) in [
        (vec![], TENANT),
        (vec!["GREEN", "4"], TENANT),
        (vec![], OTHER),
    ] {
        for after in [
            None,
            Some(("Tea, green 2".to_owned(), tea(2, "F", 1).product_id)),
        ] {
            let wanted = GoodsWanted {
                words: words.iter().map(|word| (*word).to_owned()).collect(),
                after,
                limit: 3,
            };
            let say = async |s: &dyn Store| s.products(tenant, wanted.clone()).await.unwrap();
            stores.same(&format!("{wanted:?}"), say).await;
        }
    }
    for n in 1..7 {
        let id = tea(n, "", 1).product_id;
        let say = async |s: &dyn Store| s.product(TENANT, id).await.unwrap();
        stores.same("one product", say).await;
    }
    let wanted = ConflictsWanted {
        settled: false,
        before: None,
        limit: 10,
    };
    let say = async |s: &dyn Store| s.conflicts(TENANT, wanted).await.unwrap();
    stores.same("conflicts", say).await;
}
