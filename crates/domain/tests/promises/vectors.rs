//! The six rounding vectors that every part of the project runs.

use crate::builders::{cart_of, currency, new_line, priced, rules, tender};
use domain::{
    CartChange, CashRounding, CashRoundingScope, ChangeRounding, PriceMode, PricedLine,
    SellingRules, TaxRounding, TenderKind, Tie, Unit, complete, settle, total,
};

#[test]
fn tax_excluded_at_21_percent_differs_by_a_cent_between_line_and_total() {
    let lines = [
        priced(148, 4_000, 0, 2_100),
        priced(152, 1_000, 0, 2_100),
        priced(154, 1_000, 0, 2_100),
        priced(39, 1_000, 0, 2_100),
    ];
    for (rounding, tax, gross) in [
        (TaxRounding::PerLine, 196, 1_133),
        (TaxRounding::PerTotal, 197, 1_134),
    ] {
        let (_, totals) = total(&lines, &rules(PriceMode::TaxExcluded, rounding));
        assert_eq!(
            totals.net_minor, 937,
            "{rounding}: the net is 9.37 either way"
        );
        assert_eq!(
            totals.tax_minor, tax,
            "{rounding}: the tax follows the rule"
        );
        assert_eq!(
            totals.gross_minor, gross,
            "{rounding}: and so does the total"
        );
    }
}

#[test]
fn a_discount_is_exact_until_the_rounding_the_rule_asks_for() {
    let lines = [priced(34_835, 16_000, 400, 2_200)];
    let (_, late) = total(
        &lines,
        &rules(PriceMode::TaxExcluded, TaxRounding::PerTotal),
    );
    assert_eq!(
        late.gross_minor, 652_780,
        "5350.656 with 22 % rounded late is 6527.80"
    );
    let (_, early) = total(&lines, &rules(PriceMode::TaxExcluded, TaxRounding::PerLine));
    assert_eq!(early.gross_minor, 652_781, "5350.66 with 22 % is 6527.81");
}

#[test]
fn included_tax_is_what_remains_of_the_gross() {
    for rounding in TaxRounding::ALL {
        let lines = [priced(801, 1_000, 0, 2_000)];
        let (amounts, totals) = total(&lines, &rules(PriceMode::TaxIncluded, *rounding));
        assert_eq!(totals.net_minor, 668, "{rounding}: 8.01 holds 6.68");
        assert_eq!(
            totals.tax_minor, 133,
            "{rounding}: and 1.33, not the 1.34 of 20 % of 6.68"
        );
        assert_eq!(
            amounts[0].gross_minor, 801,
            "{rounding}: the customer pays the shelf price"
        );
    }
}

#[test]
fn mixed_rates_are_kept_apart_and_add_up() {
    let low = PricedLine {
        tax_class: "low",
        ..priced(125, 1_000, 0, 1_000)
    };
    let lines = [priced(2_890, 1_000, 0, 2_200), low];
    let (amounts, totals) = total(&lines, &rules(PriceMode::TaxIncluded, TaxRounding::PerLine));
    assert_eq!(
        (amounts[0].net_minor, amounts[0].tax_minor),
        (2_369, 521),
        "28.90 at 22 %"
    );
    assert_eq!(
        (amounts[1].net_minor, amounts[1].tax_minor),
        (114, 11),
        "1.25 at 10 %"
    );
    assert_eq!(totals.gross_minor, 3_015, "together 30.15");
    let classes: Vec<_> = totals
        .taxes
        .iter()
        .map(|tax| (tax.rate_bp, tax.gross_minor))
        .collect();
    assert_eq!(
        classes,
        [(1_000, 125), (2_200, 2_890)],
        "one entry for each rate, ordered by rate"
    );
}

#[test]
fn cash_is_rounded_to_five_on_a_line_of_its_own() {
    let swiss = SellingRules {
        currency: currency("CHF"),
        price_mode: PriceMode::TaxExcluded,
        cash_rounding: CashRounding {
            increment_minor: 5,
            tie: Tie::HalfUp,
            change: ChangeRounding::Nearest,
            scope: CashRoundingScope::CashOnly,
        },
        ..SellingRules::usual(currency("CHF"))
    };
    let (_, totals) = total(&[priced(29_500, 1_000, 0, 770)], &swiss);
    assert_eq!(
        totals.gross_minor, 31_772,
        "295.00 with 7.7 % is 317.715, shown 317.72"
    );
    let paid = settle(
        totals.gross_minor,
        &[tender(1, TenderKind::Cash, 31_770)],
        &swiss,
    )
    .expect("cash is welcome");
    assert_eq!(paid.to_pay_minor, 31_770, "to pay in coins");
    assert_eq!(
        paid.cash_rounding_minor, -2,
        "the difference has its own line"
    );
    assert_eq!(paid.remaining_minor, 0, "and nothing is left open");
    let card = settle(
        totals.gross_minor,
        &[tender(1, TenderKind::Card, 31_772)],
        &swiss,
    )
    .expect("a card pays to the centime");
    assert_eq!(
        (card.to_pay_minor, card.cash_rounding_minor),
        (31_772, 0),
        "a card is never rounded"
    );
}

#[test]
fn a_currency_without_decimals_rounds_each_line_once_for_screen_receipt_and_ledger() {
    for mode in PriceMode::ALL {
        for rounding in TaxRounding::ALL {
            let yen = SellingRules {
                currency: currency("JPY"),
                ..rules(*mode, *rounding)
            };
            let mut line = new_line(Unit::Piece, 1_000, 1_550);
            line.discount_bp = 500;
            line.tax_rate_bp = 0;
            let mut cart = cart_of([line], &yen);
            let screen = cart.totals(&yen);
            assert_eq!(
                screen.gross_minor, 1_473,
                "{mode}, {rounding}: 1550 less 77.50 is 1472.50, so 1473"
            );
            let cash = tender(1, TenderKind::Cash, 1_473);
            cart.apply(CartChange::AddTender(cash), &yen)
                .expect("the exact sum is enough");
            let sale = complete(&cart, &yen, 0).expect("it is paid");
            assert_eq!(
                sale.totals, screen,
                "{mode}, {rounding}: the ledger has the screen's figures"
            );
            assert_eq!(
                sale.lines[0].amounts.gross_minor, 1_473,
                "{mode}, {rounding}: and so has the line"
            );
        }
    }
}
