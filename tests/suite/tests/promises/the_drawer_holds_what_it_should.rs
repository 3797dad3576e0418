//! Money at the counter: expected cash, change, rounding, refunds, and the one total that screen,
//! receipt and ledger share.

use app::dto::{RefundLineRequest, RefundRequest, SaleKind, SalesQuery};
use app::{Code, TenderKind, Uuid};
use proptest::prelude::*;
use suite::{CloudRoom, Shop};

fn back(sale_id: Uuid, line_no: u32, quantity_milli: i64, back_to_stock: bool) -> RefundRequest {
    RefundRequest {
        refund_id: None,
        sale_id,
        lines: vec![RefundLineRequest {
            line_no,
            quantity_milli,
            back_to_stock,
        }],
        reason: "changed their mind".into(),
        tender: TenderKind::Cash,
        reference: None,
    }
}

/// What the drawer should hold by what this till shows of its sales: cash in, change and refunds out.
fn drawer(shop: &Shop) -> i64 {
    let rows = shop
        .till()
        .sales(SalesQuery {
            limit: 500,
            ..SalesQuery::default()
        })
        .unwrap();
    let moved = |row: &app::dto::SaleRow| {
        let sale = shop.till().sale(row.sale_id).unwrap();
        let cash: i64 = sale
            .tenders
            .iter()
            .filter(|tender| tender.kind == TenderKind::Cash)
            .map(|tender| tender.amount_minor)
            .sum();
        match row.kind {
            SaleKind::Sale => cash - sale.change_minor,
            SaleKind::Refund => -cash,
        }
    };
    rows.iter().map(moved).sum()
}

/// What all movements come to, as the cloud has them in its ledger.
fn on_hand(shop: &Shop, cloud: &CloudRoom) -> i64 {
    let sent = shop.till().synchronize(true, 20).unwrap();
    assert!(sent.drained, "the movements arrive: {sent:?}");
    cloud.count("SELECT coalesce(sum(quantity_milli), 0) FROM stock")
}

fn joined() -> (Shop, CloudRoom) {
    let (shop, cloud) = (Shop::alone("GBP"), CloudRoom::start());
    shop.till().enrol(cloud.url(), cloud.code()).unwrap();
    (shop, cloud)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Expected cash is what moved, for any mix of articles, tenders, change and refunds.
    #[test]
    fn the_drawer_holds_cash_in_less_change_less_refunds(
        sales in prop::collection::vec((1..6_i64, 0..700_i64, 0..2_000_i64, any::<bool>()), 1..8)
    ) {
        let shop = Shop::alone("CHF");
        let mut expected = 0;
        for (pieces, card, over, give_back) in sales {
            shop.scan("CAKE");
            shop.till().set_quantity(1, pieces * 1_000).unwrap();
            let due = shop.till().tender().unwrap().remaining_minor;
            let card = card.min(due);
            if card > 0 {
                shop.till().add_tender(TenderKind::Card, card, Some("slip".into())).unwrap();
            }
            let rest = due - card;
            if rest > 0 {
                shop.till().add_tender(TenderKind::Cash, rest + over, None).unwrap();
            }
            let done = shop.till().complete().unwrap();
            shop.till().told(done.sale_id).unwrap();
            prop_assert_eq!(done.tendered_minor - done.change_minor, done.to_pay_minor, "what was given less change is what was paid");
            expected += done.to_pay_minor - card;
            if give_back {
                let given = shop.till().refund(back(done.sale_id, 1, 1_000, true), None).unwrap();
                shop.till().told(given.sale_id).unwrap();
                expected -= given.to_pay_minor;
                prop_assert_eq!(given.to_pay_minor % 5, 0, "no coin is smaller than 0.05");
            }
        }
        prop_assert_eq!(drawer(&shop), expected, "the drawer's expected cash equals the cash that moved");
        shop.prove();
    }
}

#[test]
fn a_card_pays_no_more_than_what_remains_and_cash_takes_the_rest() {
    let shop = Shop::alone("GBP");
    shop.scan("TEA");
    shop.scan("CAKE");
    let refused = shop
        .till()
        .add_tender(TenderKind::Card, 455, None)
        .unwrap_err();
    assert_eq!(
        (refused.code, refused.limit.as_deref()),
        (Code::TenderExceedsDue, Some("4.54")),
        "{refused}"
    );
    shop.till()
        .add_tender(TenderKind::Card, 300, Some("A1".into()))
        .unwrap();
    let short = shop.till().complete().unwrap_err();
    assert_eq!(short.code, Code::TenderShort, "{short}");
    let view = shop.till().add_tender(TenderKind::Cash, 200, None).unwrap();
    assert_eq!(
        (view.remaining_minor, view.change_minor),
        (0, 46),
        "0.46 goes back"
    );
    let done = shop.till().complete().unwrap();
    assert_eq!(
        (done.to_pay_minor, done.change_minor, done.tenders.len()),
        (454, 46, 2)
    );
}

#[test]
fn coins_that_do_not_exist_are_rounded_on_their_own_line() {
    let shop = Shop::alone("CHF");
    shop.scan("CAKE");
    let view = shop.till().add_tender(TenderKind::Cash, 200, None).unwrap();
    assert_eq!(
        (
            view.gross_minor,
            view.cash_rounding_minor,
            view.to_pay_minor,
            view.change_minor
        ),
        (199, 1, 200, 0),
        "1.99 is paid as 2.00"
    );
    let tender_id = view.tenders[0].tender_id;
    shop.till().remove_tender(tender_id).unwrap();
    let card = shop.till().add_tender(TenderKind::Card, 199, None).unwrap();
    assert_eq!(
        (card.cash_rounding_minor, card.remaining_minor),
        (0, 0),
        "a card pays to the cent"
    );
    let done = shop.till().complete().unwrap();
    assert_eq!(done.to_pay_minor, 199);
}

#[test]
fn never_more_comes_back_than_was_sold_across_refunds_and_restarts() {
    let (mut shop, cloud) = joined();
    shop.scan("TEA");
    shop.till().set_quantity(1, 3_000).unwrap();
    let done = shop.pay_cash();
    shop.till().told(done.sale_id).unwrap();
    assert_eq!(on_hand(&shop, &cloud), -3_000, "three went out");

    let first = shop
        .till()
        .refund(back(done.sale_id, 1, 2_000, true), None)
        .unwrap();
    shop.till().told(first.sale_id).unwrap();
    assert_eq!(on_hand(&shop, &cloud), -1_000, "two can be sold again");

    shop.restart();
    let refused = shop
        .till()
        .refund(back(done.sale_id, 1, 2_000, true), None)
        .unwrap_err();
    assert_eq!(
        (
            refused.code,
            refused.value.as_deref(),
            refused.limit.as_deref()
        ),
        (Code::RefundExceedsSold, Some("2"), Some("1")),
        "{refused}"
    );
    let mut twice = back(done.sale_id, 1, 1_000, true);
    twice.lines.push(twice.lines[0].clone());
    let refused = shop.till().refund(twice, None).unwrap_err();
    assert_eq!(
        refused.code,
        Code::RefundExceedsSold,
        "one line asked for twice is summed: {refused}"
    );

    let last = shop
        .till()
        .refund(back(done.sale_id, 1, 1_000, false), None)
        .unwrap();
    shop.till().told(last.sale_id).unwrap();
    assert_eq!(
        on_hand(&shop, &cloud),
        -1_000,
        "a broken one is not on the shelf again"
    );
    let refused = shop
        .till()
        .refund(back(done.sale_id, 1, 1_000, true), None)
        .unwrap_err();
    assert_eq!(refused.code, Code::RefundExceedsSold, "nothing is left");
    let of_refund = shop
        .till()
        .refund(back(last.sale_id, 1, 1_000, true), None)
        .unwrap_err();
    assert_eq!(
        of_refund.code,
        Code::RefundNothing,
        "a refund is not given back: {of_refund}"
    );
    assert_eq!(drawer(&shop), 0, "all the money went back");
    shop.prove();
}

#[test]
fn a_refund_asked_for_again_after_a_lost_answer_is_the_same_refund() {
    let shop = Shop::alone("GBP");
    shop.scan("TEA");
    shop.till().set_quantity(1, 3_000).unwrap();
    let done = shop.pay_cash();
    let mut request = back(done.sale_id, 1, 3_000, true);
    let quote = shop.till().refund_quote(request.clone()).unwrap();
    request.refund_id = Some(quote.refund_id);
    let first = shop.till().refund(request.clone(), None).unwrap();
    assert_eq!(first.sale_id, quote.refund_id, "the quote's id is its id");
    let again = shop.till().refund(request.clone(), None).unwrap();
    assert_eq!(again.number, first.number, "answered, not repeated");
    assert_eq!(drawer(&shop), 0, "the money went back once");

    request.refund_id = Some(done.sale_id);
    let refused = shop.till().refund(request, None).unwrap_err();
    assert_eq!(
        refused.code,
        Code::SaleUnknown,
        "a sale's id is no refund's: {refused}"
    );
}

#[test]
fn a_line_voided_restored_and_voided_again_moves_no_stock() {
    let (shop, cloud) = joined();
    shop.scan("TEA");
    shop.scan("CAKE");
    shop.till().void_line(1).unwrap();
    shop.till().restore_line(1).unwrap();
    shop.till().void_line(1).unwrap();
    assert_eq!(
        shop.till().void_line(1).unwrap_err().code,
        Code::LineUnknown,
        "once is enough"
    );
    assert_eq!(on_hand(&shop, &cloud), 0, "nothing is sold yet");
    let done = shop.pay_cash();
    shop.till().told(done.sale_id).unwrap();
    assert_eq!(on_hand(&shop, &cloud), -1_000, "only the cake went");
    shop.scan("TEA");
    shop.till().void_cart().unwrap();
    assert_eq!(
        on_hand(&shop, &cloud),
        -1_000,
        "a cart given up moved nothing"
    );
}

#[test]
fn the_longest_cart_ever_seen_is_one_total_on_screen_receipt_and_ledger() {
    let shop = Shop::alone("GBP");
    for nth in 0..1_114 {
        shop.scan(if nth % 2 == 0 { "TEA" } else { "CAKE" });
    }
    let on_screen = shop.till().cart().unwrap();
    assert_eq!(on_screen.live_lines, 1_114, "every scan counts");
    let gross = 557 * (255 + 199);
    assert_eq!(on_screen.totals.gross_minor, gross);
    let done = shop.pay_cash();
    assert_eq!(done.to_pay_minor, gross, "what was shown is what is paid");
    let text = &done.preview.expect("the receipt can be shown").text;
    let shown = format!("{}.{:02}", gross / 100, gross % 100);
    assert!(text.contains(&shown), "the receipt says {shown}");
    let sale = shop.till().sale(done.sale_id).unwrap();
    assert_eq!(sale.totals, on_screen.totals, "screen and ledger are one");
    let lines: i64 = sale.lines.iter().map(|line| line.amount_minor).sum();
    assert_eq!(lines, gross, "its lines come to its total");
    let net = shop.till().verify(false).unwrap().till.counts.net_minor;
    assert_eq!(net, sale.totals.net_minor, "the proof counts the same");
}
