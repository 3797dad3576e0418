//! Identity: however often it is paid, sent or answered, a sale is at the cloud once.

use app::dto::{SafetyKind, SyncState};
use app::{Code, TenderKind};
use suite::{CloudRoom, Cut, Line, Shop, until};

fn join(shop: &Shop, url: &str, cloud: &CloudRoom) {
    shop.till()
        .enrol(url.to_owned(), cloud.code())
        .expect("it is let in");
}

fn equal(shop: &Shop, sales: u64) {
    let proof = shop.till().verify(true).expect("both are asked");
    assert_eq!(
        proof.equal,
        Some(true),
        "till and cloud hold the same: {proof:?}"
    );
    assert_eq!(
        proof.cloud.expect("its counts").sales,
        sales,
        "each sale once"
    );
}

#[test]
fn paying_the_same_cart_twice_is_one_sale() {
    let shop = Shop::alone("GBP");
    shop.scan("TEA");
    shop.till().add_tender(TenderKind::Cash, 255, None).unwrap();
    let paid: Vec<_> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..5)
            .map(|_| scope.spawn(|| shop.till().complete()))
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    });
    let done = paid.iter().filter(|paid| paid.is_ok()).count();
    assert_eq!(done, 1, "five hands on the button, one sale: {paid:?}");
    let no = paid.into_iter().find_map(Result::err).unwrap();
    assert_eq!(
        no.code,
        Code::CartEmpty,
        "the others hear that it is done: {no}"
    );
    assert_eq!(shop.till().verify(false).unwrap().till.counts.sales, 1);
}

#[test]
fn a_reply_lost_any_number_of_times_is_one_sale() {
    let cloud = CloudRoom::start();
    let line = Line::to(cloud.address(), Cut::Open);
    let shop = Shop::alone("GBP");
    join(&shop, &line.url(), &cloud);
    let done = shop.sell(&["TEA", "CAKE"]);
    line.set(Cut::RepliesLost);
    for _ in 0..4 {
        let report = shop.till().synchronize(false, 20).unwrap();
        assert!(!report.drained, "the till has heard nothing: {report:?}");
    }
    assert!(line.lost() >= 4, "replies were lost: {}", line.lost());
    line.set(Cut::Open);
    let report = shop.till().synchronize(true, 20).unwrap();
    assert!(report.drained, "{report:?}");
    equal(&shop, 1);
    let row = shop.till().sale(done.sale_id).unwrap().row;
    assert_eq!(
        row.sync,
        SyncState::Synced,
        "quietly, a duplicate is a success"
    );
}

#[test]
fn a_reply_lost_at_joining_leaves_a_till_that_can_join_with_the_same_code() {
    let cloud = CloudRoom::start();
    let line = Line::to(cloud.address(), Cut::RepliesLost);
    let shop = Shop::alone("GBP");
    let code = cloud.code();
    let refused = shop.till().enrol(line.url(), code.clone()).unwrap_err();
    assert_eq!(refused.code, Code::CloudUnreachable, "{refused}");
    assert_eq!(
        shop.till().status().unwrap().safety.kind,
        SafetyKind::Alone,
        "nothing is half done"
    );
    shop.sell(&["TEA"]);
    line.set(Cut::Open);
    shop.till()
        .enrol(line.url(), code)
        .expect("the code is still this till's");
    assert!(shop.till().synchronize(true, 20).unwrap().drained);
    equal(&shop, 1);
}

#[test]
fn five_senders_at_once_bring_each_sale_once() {
    let cloud = CloudRoom::start();
    let shop = Shop::alone("GBP");
    join(&shop, &cloud.url(), &cloud);
    for _ in 0..30 {
        shop.sell(&["TEA"]);
    }
    let reports: Vec<_> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..5)
            .map(|_| scope.spawn(|| shop.till().synchronize(true, 30).unwrap()))
            .collect();
        senders
            .into_iter()
            .map(|sender| sender.join().unwrap())
            .collect()
    });
    assert!(
        reports.iter().all(|report| report.drained),
        "all of them end: {reports:?}"
    );
    equal(&shop, 30);
    assert_eq!(cloud.count("SELECT count(*) FROM sale"), 30, "thirty rows");
    assert_eq!(
        cloud.count("SELECT count(*) FROM conflict"),
        0,
        "articles nobody ever counted need no person when they go below zero"
    );
}

#[test]
fn a_sale_made_offline_arrives_with_no_click_and_the_header_says_so() {
    let mut cloud = CloudRoom::start();
    let mut shop = Shop::alone("GBP");
    let kind = |shop: &Shop| shop.till().status().unwrap().safety.kind;
    assert_eq!(kind(&shop), SafetyKind::Alone, "it belongs to no cloud");
    join(&shop, &cloud.url(), &cloud);
    cloud.stop();
    shop.close();
    shop.open_window();
    shop.sell(&["TEA"]);
    shop.sell(&["CAKE"]);
    assert!(
        until(|| kind(&shop) == SafetyKind::Offline),
        "the header says offline"
    );
    let safety = shop.till().status().unwrap().safety;
    assert_eq!(
        (safety.sales_total, safety.sales_waiting),
        (2, 2),
        "two sales safe on this till"
    );
    assert!(safety.since_at_ms.is_some(), "since when");
    assert!(safety.last_answer.is_some(), "and why, in words");
    cloud.run();
    assert!(
        until(|| kind(&shop) == SafetyKind::AllSafe),
        "with no click: {:?}",
        shop.till().status()
    );
    let safety = shop.till().status().unwrap().safety;
    assert_eq!(
        (safety.sales_total, safety.sales_waiting, safety.ops_waiting),
        (2, 0, 0)
    );
    assert_eq!(safety.since_at_ms, None, "it is not offline any more");
    equal(&shop, 2);
    shop.close();
}

#[test]
fn a_cloud_restarted_in_the_middle_of_a_drain_gets_the_rest() {
    let mut cloud = CloudRoom::start();
    let mut shop = Shop::alone("GBP");
    join(&shop, &cloud.url(), &cloud);
    shop.close();
    shop.open_window();
    for nth in 0..60 {
        shop.sell(&["TEA"]);
        if nth % 20 == 10 {
            cloud.stop();
            cloud.run();
        }
    }
    let safe = || shop.till().status().unwrap().safety.ops_waiting == 0;
    assert!(
        until(safe),
        "everything arrives: {:?}",
        shop.till().status()
    );
    equal(&shop, 60);
    shop.close();
}

#[test]
fn what_is_no_cloud_is_told_and_nothing_changes() {
    const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<html>Welcome</html>";
    let nobody = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    let page = Line::to(nobody, Cut::Says(PAGE));
    let noise = Line::to(nobody, Cut::Says(b"\x00\xff\x13 no HTTP at all"));
    let shop = Shop::alone("GBP");
    let urls = [
        format!("http://{nobody}"),
        page.url(),
        noise.url(),
        "not a url".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
        String::new(),
    ];
    for url in urls {
        let refused = shop
            .till()
            .enrol(url.clone(), "ABCDE12345".into())
            .unwrap_err();
        assert_eq!(refused.code, Code::CloudUnreachable, "{url}: {refused}");
        assert!(refused.detail.len() > 20, "in words: {refused}");
        let status = shop.till().status().unwrap();
        assert_eq!(
            status.safety.kind,
            SafetyKind::Alone,
            "{url} changes nothing"
        );
    }
    shop.sell(&["TEA"]);
    let cloud = CloudRoom::start();
    let wrong = shop
        .till()
        .enrol(cloud.url(), "WRONGCODE1".into())
        .unwrap_err();
    assert_eq!(wrong.code, Code::EnrolRefused, "{wrong}");
    join(&shop, &cloud.url(), &cloud);
    assert!(
        shop.till().synchronize(true, 20).unwrap().drained,
        "it can still join"
    );
    equal(&shop, 1);
}

#[test]
fn a_page_in_the_way_of_an_enrolled_till_stops_nothing() {
    const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 19\r\n\r\n<html>Sign in</html";
    let cloud = CloudRoom::start();
    let line = Line::to(cloud.address(), Cut::Open);
    let shop = Shop::alone("GBP");
    join(&shop, &line.url(), &cloud);
    line.set(Cut::Says(PAGE));
    shop.sell(&["TEA"]);
    let report = shop.till().synchronize(false, 20).unwrap();
    assert!(
        !report.drained && report.ops_waiting >= 1,
        "a page is no answer: {report:?}"
    );
    line.set(Cut::Open);
    assert!(shop.till().synchronize(true, 20).unwrap().drained);
    equal(&shop, 1);
}
