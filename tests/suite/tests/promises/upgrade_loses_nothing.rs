//! The newest program on what each older one left: an open cart, unsent ops of two runs, a push whose answer
//! was lost, receipts that wait. Files of every version that landed are kept in `tests/fixtures`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use suite::{CloudRoom, Landed, Shop, cloud_moved};

/// Every op that a cloud holds by its place: its id, its bytes, its link in the chain.
pub type Log = BTreeMap<(Vec<u8>, i64), (Vec<u8>, Vec<u8>, Vec<u8>)>;

pub fn log(database: &Path) -> Log {
    let database = rusqlite::Connection::open(database).unwrap();
    let mut rows = database
        .prepare("SELECT segment, seq, op_id, op, chain FROM op_log")
        .unwrap();
    let rows = rows.query_map([], |row| {
        let place = (row.get(0)?, row.get(1)?);
        Ok((place, (row.get(2)?, row.get(3)?, row.get(4)?)))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The till is what the old program said it was.
pub fn assert_same(shop: &Shop, truth: &Value) {
    let till = shop.till();
    let status = till.status().unwrap();
    assert_eq!(status.safety.sales_total, truth["sales_total"], "sales");
    assert_eq!(status.safety.ops_waiting, truth["waiting"], "unsent ops");
    let every = app::dto::SalesQuery {
        limit: 1_000,
        ..Default::default()
    };
    let sales = till.sales(every).unwrap();
    let sales: Vec<_> = sales
        .iter()
        .map(|row| serde_json::json!({ "sale_id": row.sale_id, "number": row.number }))
        .collect();
    assert_eq!(
        Value::from(sales),
        truth["sales"],
        "each by its id and number"
    );
    let cart = till.cart().unwrap();
    assert_eq!(
        serde_json::to_value(cart.sale_id).unwrap(),
        truth["cart"],
        "the open cart is the same sale to be"
    );
    assert_eq!(cart.lines.len(), truth["cart_lines"], "every scan in it");
    let remaining = till.tender().unwrap().remaining_minor;
    assert_eq!(remaining, truth["remaining_minor"], "and its card payment");
    let waiting = till.print_queue().unwrap().len();
    assert_eq!(waiting, truth["print_queue"], "receipts that wait");
    shop.prove();
}

fn opened(landed: &Landed) -> Shop {
    let mut shop = Shop::copy_of(&landed.path("till"));
    shop.open();
    shop.sign_in();
    shop
}

/// The open cart is paid, and the cashier sees it.
fn pay(shop: &Shop) -> app::Uuid {
    let done = shop.pay_cash();
    shop.till().told(done.sale_id).unwrap();
    done.sale_id
}

/// Everything arrives, nobody is needed, and both sides count the same.
fn drain(shop: &Shop) {
    let sent = shop.till().synchronize(true, 60).unwrap();
    assert!(sent.drained && sent.needs_person == 0, "{}", sent.words());
    let proof = shop.till().verify(true).unwrap();
    assert!(
        proof.holds() && proof.equal == Some(true),
        "{}",
        proof.words()
    );
}

fn joined_again(shop: &mut Shop, cloud: &CloudRoom) {
    shop.close();
    cloud_moved(&shop.dir(), &cloud.url());
    shop.open();
    shop.sign_in();
}

#[test]
fn the_newest_program_opens_what_every_older_one_left() {
    for name in Landed::ALL {
        let landed = Landed::unpack(name);
        let truth = landed.truth();
        let mut shop = opened(&landed);
        assert_same(&shop, &truth);
        assert_eq!(
            serde_json::to_value(pay(&shop)).unwrap(),
            truth["cart"],
            "{name}: the cart is paid under the id it was begun with"
        );
        shop.restart();
        shop.prove();
    }
}

#[test]
fn what_an_older_program_had_not_sent_reaches_the_newest_cloud_byte_for_byte() {
    for name in Landed::ALL {
        let landed = Landed::unpack(name);
        let cloud = CloudRoom::left_in(&landed.path("cloud-then"));
        let mut shop = opened(&landed);
        joined_again(&mut shop, &cloud);
        drain(&shop);
        let (was, is) = (log(&landed.path("cloud/cloud.db")), log(&cloud.database()));
        for (place, op) in &was {
            assert_eq!(
                is.get(place),
                Some(op),
                "{name}: op {place:?} as it was written"
            );
        }
        assert_eq!(is.len(), was.len(), "{name}: and nothing else");
        pay(&shop);
        drain(&shop);
        let now = log(&cloud.database());
        assert_eq!(
            now.len(),
            was.len() + 1,
            "{name}: the next sale goes on behind it"
        );
        assert_eq!(
            cloud.count("SELECT count(*) - count(DISTINCT sale_id) FROM sale"),
            0,
            "{name}: no sale twice"
        );
    }
}

#[test]
fn a_till_put_back_to_before_its_upgrade_is_noticed_and_healed() {
    for name in Landed::ALL {
        let landed = Landed::unpack(name);
        let cloud = CloudRoom::left_in(&landed.path("cloud-then"));
        let mut shop = opened(&landed);
        joined_again(&mut shop, &cloud);
        pay(&shop);
        for _ in 0..3 {
            shop.sell(&["CAKE"]);
        }
        drain(&shop);
        let sold = shop.till().status().unwrap().safety.sales_total;
        let all = log(&cloud.database());
        shop.close();

        // The folder as the old program left it: the cloud knows better.
        let mut back = Shop::copy_of(&landed.path("till"));
        cloud_moved(&back.dir(), &cloud.url());
        back.open();
        back.sign_in();
        let cart = back.till().cart().unwrap().sale_id;
        assert!(
            cart.is_some(),
            "{name}: the cart that was paid since is open again"
        );
        drain(&back);
        let status = back.till().status().unwrap();
        assert_eq!(
            status.safety.sales_total, sold,
            "{name}: fetched back, each once"
        );
        back.prove();
        let kept = log(&cloud.database());
        assert!(
            all.iter().all(|(place, op)| kept.get(place) == Some(op)),
            "{name}: nothing is gone"
        );
        assert_eq!(
            cloud.count("SELECT count(*) FROM till_incident WHERE kind = 'rewind'"),
            1,
            "{name}: head office is told"
        );
    }
}

#[test]
fn the_copy_that_an_upgrade_makes_of_the_vault_may_be_put_back() {
    let landed = Landed::unpack(Landed::ALL[0]);
    let mut shop = opened(&landed);
    pay(&shop);
    shop.sell(&["TEA"]);
    let sold = shop.till().status().unwrap().safety.sales_total;
    shop.close();
    let backup = std::fs::read_dir(shop.dir().join("backup")).unwrap();
    let [copy] = &backup
        .map(|entry| entry.unwrap().path())
        .collect::<Vec<_>>()[..]
    else {
        panic!("an upgrade leaves one copy");
    };
    let vault = shop.dir().join("vault.db");
    std::fs::copy(copy, &vault).unwrap();
    for beside in ["vault.db-wal", "vault.db-shm"] {
        let _ = std::fs::remove_file(shop.dir().join(beside));
    }
    shop.open();
    shop.sign_in();
    let status = shop.till().status().unwrap();
    assert_eq!(
        status.safety.sales_total, sold,
        "the journal gives them back"
    );
    shop.prove();
}
