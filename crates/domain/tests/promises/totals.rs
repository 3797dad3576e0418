//! Lines, classes and totals add up in every mode.

use crate::builders::{any_lines, any_rules, priced, rules};
use domain::{NewLine, PriceMode, PricedLine, TaxRounding, total};
use proptest::prelude::*;

#[test]
fn nothing_is_worth_nothing() {
    let (amounts, totals) = total(&[], &rules(PriceMode::TaxIncluded, TaxRounding::PerTotal));
    assert!(
        amounts.is_empty() && totals.taxes.is_empty(),
        "no line, no class"
    );
    assert_eq!(totals.gross_minor, 0, "and no amount");
}

#[test]
fn lines_that_are_each_a_fraction_share_what_the_total_rounds_to() {
    // Three times 0.333 kg at 1.00: 99.9 pence in all, so the total says 100 and one line shows the odd penny.
    let lines = [
        priced(100, 333, 0, 0),
        priced(100, 333, 0, 0),
        priced(100, 333, 0, 0),
    ];
    let (amounts, totals) = total(
        &lines,
        &rules(PriceMode::TaxIncluded, TaxRounding::PerTotal),
    );
    let shown: Vec<i64> = amounts.iter().map(|line| line.gross_minor).collect();
    assert_eq!(totals.gross_minor, 100, "the exact sum is rounded once");
    assert_eq!(
        shown,
        [34, 33, 33],
        "the earliest of equals shows the penny"
    );
}

#[test]
fn a_piece_without_discount_never_shows_another_price_than_the_shelf() {
    let lines = [
        priced(100, 333, 0, 2_000),
        priced(101, 1_000, 0, 2_000),
        priced(100, 334, 0, 2_000),
    ];
    let (amounts, _) = total(
        &lines,
        &rules(PriceMode::TaxIncluded, TaxRounding::PerTotal),
    );
    assert_eq!(
        amounts[1].gross_minor, 101,
        "a whole amount takes no share of the fractions"
    );
}

#[test]
fn no_line_shows_more_net_than_gross_when_fractions_are_shared() {
    // 19.95 and 0.54 of a penny at 5 %: the gross penny goes to the first line, and the second line's net has the larger
    // fraction. It must not get the net penny all the same: its tax would be −1.
    let lines = [priced(1, 19_950, 0, 500), priced(1, 540, 0, 500)];
    let (amounts, totals) = total(
        &lines,
        &rules(PriceMode::TaxIncluded, TaxRounding::PerTotal),
    );
    assert_eq!(
        (totals.gross_minor, totals.net_minor),
        (20, 20),
        "20.49 and 19.51, rounded once"
    );
    assert_eq!(
        (amounts[0].net_minor, amounts[0].gross_minor),
        (20, 20),
        "the first line shows both pennies"
    );
    assert_eq!(
        (amounts[1].net_minor, amounts[1].tax_minor),
        (0, 0),
        "the second shows nothing"
    );
}

proptest! {
    #[test]
    fn lines_add_up_to_classes_and_classes_to_the_whole(lines in any_lines(), rules in any_rules()) {
        let priced: Vec<PricedLine<'_>> = lines.iter().map(NewLine::priced).collect();
        let (amounts, totals) = total(&priced, &rules);
        prop_assert_eq!(amounts.len(), lines.len());
        for line in &amounts {
            prop_assert_eq!(line.net_minor + line.tax_minor, line.gross_minor);
            prop_assert!(line.net_minor >= 0 && line.tax_minor >= 0, "{:?} is negative", line);
        }
        for class in &totals.taxes {
            let members = priced.iter().zip(&amounts).filter(|(line, _)| line.tax_class == class.tax_class);
            let (net, gross) = members.fold((0, 0), |sum, (_, line)| (sum.0 + line.net_minor, sum.1 + line.gross_minor));
            prop_assert_eq!((net, gross), (class.net_minor, class.gross_minor));
            prop_assert_eq!(class.net_minor + class.tax_minor, class.gross_minor);
        }
        prop_assert_eq!(totals.taxes.iter().map(|class| class.gross_minor).sum::<i64>(), totals.gross_minor);
        prop_assert_eq!(totals.taxes.iter().map(|class| class.tax_minor).sum::<i64>(), totals.tax_minor);
        prop_assert_eq!(totals.net_minor + totals.tax_minor, totals.gross_minor);
    }

    #[test]
    fn no_line_is_shown_a_minor_unit_or_more_from_its_exact_price(lines in any_lines(), rules in any_rules()) {
        let priced: Vec<PricedLine<'_>> = lines.iter().map(NewLine::priced).collect();
        for (line, amounts) in priced.iter().zip(total(&priced, &rules).0) {
            let exact = i128::from(line.unit_price_minor) * i128::from(line.quantity_milli)
                * i128::from(10_000 - line.discount_bp);
            let shown = i128::from(amounts.shown_minor(rules.price_mode)) * 10_000_000;
            prop_assert!((shown - exact).abs() < 10_000_000, "{line:?} is shown as {amounts:?}");
        }
    }
}
