//! Giving back: never more than was sold, and parts add up to the whole.

use crate::builders::{
    any_line, any_lines, any_rules, id, new_line, paid_sale, rules, tender, usual,
};
use domain::{
    CashRounding, GivenBack, LineAmounts, MovementKind, NewLine, PriceMode, RefundDraft,
    RefundLine, RefundLineRequest, RefundRefused, ReturnedArticle, Sale, SellingRules, TaxRounding,
    TenderKind, Unit, complete_refund, plan_refund, plan_refund_without_receipt, refund_due,
    refund_totals,
};
use proptest::prelude::*;

fn ask(line_no: u32, quantity_milli: i64) -> RefundLineRequest {
    RefundLineRequest {
        line_no,
        quantity_milli,
        back_to_stock: true,
    }
}

fn given(line: &RefundLine) -> GivenBack {
    let line_no = line.of_line.expect("planned from a sale");
    GivenBack {
        line_no,
        quantity_milli: line.quantity_milli,
        amounts: line.amounts,
    }
}

fn sum(lines: &[RefundLine]) -> LineAmounts {
    lines
        .iter()
        .fold(LineAmounts::default(), |sum, line| sum.plus(line.amounts))
}

fn draft(sale: &Sale, lines: Vec<RefundLine>, tenders: Vec<domain::Tender>) -> RefundDraft {
    RefundDraft {
        refund_id: id(40),
        of_sale: Some(sale.sale_id),
        operator_id: id(3),
        operator_name: "Ada".to_owned(),
        approved_by: id(4),
        approved_by_name: "Bo".to_owned(),
        reason: "broken".to_owned(),
        completed_at_ms: 9,
        reference: None,
        price_mode: sale.price_mode,
        lines,
        tenders,
    }
}

#[test]
fn three_for_ten_pounds_come_back_one_by_one_for_exactly_ten() {
    let mut line = new_line(Unit::Piece, 3_000, 1_000);
    line.discount_bp = 6_667; // 9.999 in all, so 10.00
    let sale = paid_sale([line], &usual());
    let mut back: Vec<GivenBack> = Vec::new();
    let mut worth = Vec::new();
    for _ in 0..3 {
        let lines = plan_refund(&sale, &back, &[ask(1, 1_000)]).expect("one more is left");
        worth.push(lines[0].amounts.gross_minor);
        back.extend(lines.iter().map(given));
    }
    assert_eq!(worth, [333, 334, 333], "each part is worth its share");
    assert_eq!(
        worth.iter().sum::<i64>(),
        sale.totals.gross_minor,
        "and the parts are the whole"
    );
    let fourth = plan_refund(&sale, &back, &[ask(1, 1_000)]);
    assert_eq!(
        fourth,
        Err(RefundRefused::ExceedsSold {
            line_no: 1,
            quantity_milli: 1_000,
            left_milli: 0
        })
    );
}

#[test]
fn never_more_than_sold_less_given_back_even_within_one_request() {
    let sale = paid_sale([new_line(Unit::Piece, 2_000, 500)], &usual());
    let split = [
        ask(1, 1_000),
        RefundLineRequest {
            back_to_stock: false,
            ..ask(1, 1_000)
        },
    ];
    let lines = plan_refund(&sale, &[], &split).expect("one for the shelf, one for the bin");
    assert_eq!(sum(&lines), sale.lines[0].amounts, "the whole line");
    let thrice =
        plan_refund(&sale, &[], &[split[0], split[1], split[0]]).expect_err("only two were sold");
    assert_eq!(
        thrice.to_string(),
        "quantity 1 of line 1 exceeds what may still be given back, which is 0: lower it"
    );
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let sale = paid_sale([new_line(Unit::Piece, 2_000, 500)], &usual());
    assert_eq!(plan_refund(&sale, &[], &[]), Err(RefundRefused::Nothing));
    assert_eq!(
        plan_refund(&sale, &[], &[ask(2, 1_000)]),
        Err(RefundRefused::LineUnknown { line_no: 2 })
    );
    for quantity_milli in [0, -1_000, 500, i64::MIN] {
        let expected = RefundRefused::QuantityRefused {
            line_no: 1,
            quantity_milli,
        };
        assert_eq!(
            plan_refund(&sale, &[], &[ask(1, quantity_milli)]),
            Err(expected)
        );
    }
    let vast = plan_refund(&sale, &[], &[ask(1, 1_000_000_000_000)]);
    assert!(
        matches!(
            vast,
            Err(RefundRefused::ExceedsSold {
                left_milli: 2_000,
                ..
            })
        ),
        "10^9 pieces of two sold"
    );
}

#[test]
fn a_refund_hands_back_exactly_what_is_due() {
    let sale = paid_sale([new_line(Unit::Piece, 2_000, 500)], &usual());
    let lines = plan_refund(&sale, &[], &[ask(1, 1_000)]).expect("one of two");
    let short = complete_refund(
        draft(&sale, lines.clone(), vec![tender(1, TenderKind::Cash, 499)]),
        &usual(),
    );
    assert_eq!(
        short,
        Err(RefundRefused::TenderMismatch {
            given_minor: 499,
            due_minor: 500
        })
    );
    let paid = complete_refund(
        draft(&sale, lines.clone(), vec![tender(1, TenderKind::Cash, 500)]),
        &usual(),
    )
    .expect("exactly");
    assert_eq!(
        (paid.to_give_minor, paid.cash_moved_minor()),
        (500, -500),
        "cash leaves the drawer"
    );
    let by_card = complete_refund(
        draft(&sale, lines.clone(), vec![tender(1, TenderKind::Card, 500)]),
        &usual(),
    )
    .expect("exactly");
    assert_eq!(
        by_card.cash_moved_minor(),
        0,
        "a card leaves the drawer alone"
    );
    let silent = RefundDraft {
        reason: "  ".to_owned(),
        ..draft(&sale, lines, vec![])
    };
    assert_eq!(
        complete_refund(silent, &usual()),
        Err(RefundRefused::ReasonMissing)
    );
}

#[test]
fn only_goods_for_the_shelf_come_back_to_stock() {
    let sale = paid_sale([new_line(Unit::Piece, 3_000, 500)], &usual());
    let wanted = [
        ask(1, 2_000),
        RefundLineRequest {
            back_to_stock: false,
            ..ask(1, 1_000)
        },
    ];
    let lines = plan_refund(&sale, &[], &wanted).expect("all three");
    let refund = complete_refund(
        draft(&sale, lines, vec![tender(1, TenderKind::Cash, 1_500)]),
        &usual(),
    )
    .expect("exactly");
    let movements = refund.stock_movements();
    assert_eq!(movements.len(), 1, "a movement of nothing is not written");
    assert_eq!(
        (movements[0].kind, movements[0].delta_milli),
        (MovementKind::Resale, 2_000)
    );
}

#[test]
fn cash_back_is_rounded_and_a_card_is_not() {
    let cash_rounding = CashRounding {
        increment_minor: 5,
        ..CashRounding::NONE
    };
    let swiss = SellingRules {
        cash_rounding,
        ..usual()
    };
    let cash = refund_due(31_772, 0, &swiss);
    assert_eq!((cash.to_give_minor, cash.cash_rounding_minor), (31_770, -2));
    let card = refund_due(31_772, 31_772, &swiss);
    assert_eq!((card.to_give_minor, card.cash_rounding_minor), (31_772, 0));
}

#[test]
fn goods_without_a_receipt_are_priced_like_a_sale_of_them() {
    let article = ReturnedArticle {
        line: new_line(Unit::Piece, 2_000, 801),
        back_to_stock: false,
    };
    let lines = plan_refund_without_receipt(std::slice::from_ref(&article), &usual())
        .expect("a fair article");
    assert_eq!(lines[0].of_line, None, "points at no sale");
    assert_eq!(refund_totals(&lines).gross_minor, 1_602);
    let bad = ReturnedArticle {
        line: new_line(Unit::Piece, 0, 801),
        ..article.clone()
    };
    let refused = plan_refund_without_receipt(&[article, bad], &usual())
        .expect_err("the second has no quantity");
    assert_eq!(
        refused.to_string(),
        "article 2 of the refund: quantity is 0: give more than 0, or void the line"
    );
}

/// Sizes of parts that a quantity is cut into, in its smallest sellable steps.
fn cut(steps: i64, cuts: &[i64]) -> Vec<i64> {
    let mut left = steps;
    let mut parts = Vec::new();
    for wish in cuts {
        let part = wish % left.max(1) + 1;
        if part < left {
            parts.push(part);
            left -= part;
        }
    }
    parts.push(left);
    parts
}

proptest! {
    #[test]
    fn parts_in_any_size_add_up_to_exactly_what_was_paid(
        line in any_line(), rules in any_rules(), cuts in prop::collection::vec(0..10_000_i64, 0..12),
    ) {
        let step = if line.unit == Unit::Piece { 1_000 } else { 1 };
        let sale = paid_sale([line], &rules);
        let sold = &sale.lines[0];
        let mut back: Vec<GivenBack> = Vec::new();
        for part in cut(sold.quantity_milli / step, &cuts) {
            let lines = plan_refund(&sale, &back, &[ask(1, part * step)]).expect("within what was sold");
            let LineAmounts { net_minor, tax_minor, gross_minor } = lines[0].amounts;
            prop_assert!(net_minor >= 0 && tax_minor >= 0, "no part is negative: {:?}", lines[0].amounts);
            prop_assert_eq!(net_minor + tax_minor, gross_minor);
            back.extend(lines.iter().map(given));
        }
        let whole = back.iter().fold(LineAmounts::default(), |sum, one| sum.plus(one.amounts));
        prop_assert_eq!(whole, sold.amounts);
        prop_assert!(plan_refund(&sale, &back, &[ask(1, step)]).is_err(), "and nothing is left");
    }

    #[test]
    fn giving_back_a_whole_sale_mirrors_its_totals(lines in any_lines(), rules in any_rules()) {
        let sale = paid_sale(lines, &rules);
        let everything: Vec<RefundLineRequest> = sale.lines.iter().map(|line| ask(line.line_no, line.quantity_milli)).collect();
        let planned = plan_refund(&sale, &[], &everything).expect("all of it was sold");
        prop_assert_eq!(refund_totals(&planned), sale.totals.clone());
        let sold: i64 = sale.stock_movements().iter().map(|movement| movement.delta_milli).sum();
        let back: i64 = planned.iter().map(|line| line.quantity_milli).sum();
        prop_assert_eq!(sold + back, 0);
    }

    #[test]
    fn history_rounded_elsewhere_never_gives_back_a_negative_amount(
        pieces in 2..9_i64, price in 0..500_i64, odd in 0..600_i64,
    ) {
        let mode = rules(PriceMode::TaxIncluded, TaxRounding::PerLine);
        let sale = paid_sale([NewLine { ..new_line(Unit::Piece, pieces * 1_000, price) }], &mode);
        let amounts = LineAmounts { net_minor: odd, tax_minor: 0, gross_minor: odd };
        let before = [GivenBack { line_no: 1, quantity_milli: 1_000, amounts }];
        let rest = plan_refund(&sale, &before, &[ask(1, (pieces - 1) * 1_000)]).expect("the rest was sold");
        let amounts = rest[0].amounts;
        prop_assert!(amounts.net_minor >= 0 && amounts.tax_minor >= 0 && amounts.gross_minor >= 0);
    }
}
