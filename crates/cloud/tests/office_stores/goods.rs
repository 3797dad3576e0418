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
