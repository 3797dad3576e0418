//! Settling: any mix of cash and card.

use crate::builders::{any_lines, any_rules, cart_of, currency, tender, usual};
use domain::{
    CartChange, CashRounding, CashRoundingScope, ChangeRounding, SellingRules, Tender, TenderKind,
    TenderRefused, Tie, complete, expected_cash_minor, limits, settle,
};
use proptest::prelude::*;

fn cash(amount_minor: i64) -> Tender {
    tender(1, TenderKind::Cash, amount_minor)
}

fn card(amount_minor: i64) -> Tender {
    tender(2, TenderKind::Card, amount_minor)
}

fn five_centimes(change: ChangeRounding, scope: CashRoundingScope) -> SellingRules {
    let cash_rounding = CashRounding {
        increment_minor: 5,
        tie: Tie::HalfUp,
        change,
        scope,
    };
    SellingRules {
        cash_rounding,
        ..SellingRules::usual(currency("CHF"))
    }
}

#[test]
fn cash_gives_change_and_a_card_does_not() {
    let paid = settle(1_237, &[cash(2_000)], &usual()).expect("cash may be more");
    assert_eq!(
        (paid.to_pay_minor, paid.change_minor, paid.remaining_minor),
        (1_237, 763, 0)
    );
    let over = settle(1_237, &[card(1_238)], &usual()).expect_err("a card may not");
    assert_eq!(
        over.to_string(),
        "card amount 1238 (minor units) exceeds the 1237 still due: a card gives no change; take 1237 or less"
    );
}

#[test]
fn a_split_pays_the_card_first_or_last() {
    for tenders in [[card(1_000), cash(500)], [cash(237), card(1_000)]] {
        let paid = settle(1_237, &tenders, &usual()).expect("either order");
        assert_eq!(paid.remaining_minor, 0, "paid in full");
        assert_eq!(
            paid.tendered_minor - paid.change_minor,
            1_237,
            "to the penny"
        );
    }
    let late = settle(1_237, &[cash(2_000), card(1)], &usual());
    assert_eq!(
        late,
        Err(TenderRefused::NothingDue { amount_minor: 1 }),
        "nothing after the last penny"
    );
}

#[test]
fn amounts_that_are_no_amounts_are_refused() {
    for amount_minor in [0, -5, i64::MIN] {
        assert_eq!(
            settle(100, &[cash(amount_minor)], &usual()),
            Err(TenderRefused::AmountNotPositive { amount_minor })
        );
    }
    let amount_minor = limits::MAX_AMOUNT_MINOR + 1;
    assert_eq!(
        settle(100, &[cash(amount_minor)], &usual()),
        Err(TenderRefused::AmountTooLarge { amount_minor })
    );
    let many: Vec<Tender> = (0..51).map(|_| cash(1)).collect();
    assert_eq!(
        settle(100, &many, &usual()),
        Err(TenderRefused::TooMany { tenders: 51 })
    );
    let reference = Some("9".repeat(201));
    let wordy = Tender {
        reference,
        ..card(100)
    };
    assert_eq!(
        settle(100, &[wordy], &usual()),
        Err(TenderRefused::ReferenceTooLong { chars: 201 })
    );
}

#[test]
fn quick_cash_starts_with_the_exact_sum_and_goes_on_with_notes() {
    let due = settle(1_237, &[], &usual()).expect("no tender yet");
    assert_eq!(
        due.quick_cash_minor,
        [1_237, 1_300, 1_400, 1_500, 2_000, 5_000]
    );
    let round = settle(2_000, &[], &usual()).expect("no tender yet");
    assert_eq!(
        round.quick_cash_minor,
        [2_000, 5_000],
        "a note that is exact is not offered twice"
    );
    let paid = settle(2_000, &[cash(2_000)], &usual()).expect("paid");
    assert!(
        paid.quick_cash_minor.is_empty(),
        "nothing to hand over any more"
    );
}

#[test]
fn rounding_happens_when_cash_closes_the_sale_and_never_before() {
    let swiss = five_centimes(ChangeRounding::Nearest, CashRoundingScope::CashOnly);
    let open = settle(31_772, &[], &swiss).expect("no tender yet");
    assert_eq!(
        (
            open.to_pay_minor,
            open.remaining_minor,
            open.remaining_in_cash_minor
        ),
        (31_772, 31_772, 31_770)
    );
    assert_eq!(open.quick_cash_minor[0], 31_770, "the exact sum in coins");
    let split =
        settle(31_772, &[cash(1_000), card(30_772)], &swiss).expect("the card pays what remains");
    assert_eq!(
        (
            split.to_pay_minor,
            split.cash_rounding_minor,
            split.change_minor
        ),
        (31_772, 0, 0),
        "nothing was rounded"
    );
    let odd = settle(31_773, &[cash(1_003), card(30_770)], &swiss).expect("the card pays the rest");
    assert_eq!(
        (odd.remaining_minor, odd.to_pay_minor),
        (0, 31_773),
        "a card's exact rest leaves no coin open"
    );
    assert_eq!(
        odd.remaining_in_cash_minor, 0,
        "not even one that coins would round up to"
    );
    let handed = settle(31_773, &[cash(31_773)], &swiss).expect("the exact sum in cash");
    assert_eq!(
        (handed.remaining_minor, handed.cash_rounding_minor),
        (0, 0),
        "closes as it is"
    );
    let closed = settle(31_772, &[card(30_000), cash(2_000)], &swiss).expect("cash closes");
    assert_eq!(
        (
            closed.to_pay_minor,
            closed.cash_rounding_minor,
            closed.change_minor
        ),
        (31_770, -2, 230)
    );
    let up = settle(31_773, &[cash(31_775)], &swiss).expect("cash closes");
    assert_eq!(
        (up.to_pay_minor, up.cash_rounding_minor),
        (31_775, 2),
        "up as well as down"
    );
}

#[test]
fn change_follows_its_own_setting() {
    let table = [
        (ChangeRounding::Exact, 7, 31_770),
        (ChangeRounding::Nearest, 5, 31_772),
        (ChangeRounding::InCustomersFavour, 10, 31_767),
    ];
    for (change, change_minor, to_pay_minor) in table {
        // 317.77 cannot be laid down in coins of five; whoever does gets 0.07 back as the rule says.
        let paid = settle(
            31_772,
            &[cash(31_777)],
            &five_centimes(change, CashRoundingScope::CashOnly),
        )
        .expect("cash");
        assert_eq!(
            (paid.change_minor, paid.to_pay_minor),
            (change_minor, to_pay_minor),
            "{change}"
        );
    }
}

#[test]
fn a_branch_that_rounds_all_tenders_rounds_the_card_too() {
    let all = five_centimes(ChangeRounding::Nearest, CashRoundingScope::AllTenders);
    let paid = settle(31_772, &[card(31_770)], &all).expect("the rounded sum");
    assert_eq!(
        (
            paid.to_pay_minor,
            paid.cash_rounding_minor,
            paid.remaining_minor
        ),
        (31_770, -2, 0)
    );
    assert!(
        settle(31_772, &[card(31_772)], &all).is_err(),
        "the unrounded one is too much"
    );
}

#[test]
fn where_all_tenders_are_rounded_a_sale_may_round_to_nothing_due() {
    let all = five_centimes(ChangeRounding::Nearest, CashRoundingScope::AllTenders);
    let open = settle(2, &[], &all).expect("no tender is needed");
    assert_eq!(
        (
            open.remaining_minor,
            open.to_pay_minor,
            open.cash_rounding_minor
        ),
        (0, 0, -2)
    );
}

#[test]
fn what_rounds_to_nothing_still_closes() {
    let swiss = five_centimes(ChangeRounding::Nearest, CashRoundingScope::CashOnly);
    let open = settle(2, &[], &swiss).expect("no tender yet");
    assert_eq!(open.remaining_minor, 2, "two centimes are due on a card");
    let paid = settle(2, &[cash(5)], &swiss).expect("or a coin");
    assert_eq!(
        (paid.remaining_minor, paid.change_minor),
        (0, 5),
        "which goes back whole: 0.02 rounds to nothing"
    );
}

fn any_tenders() -> impl Strategy<Value = Vec<(TenderKind, i64)>> {
    let kind = prop::sample::select(TenderKind::ALL);
    prop::collection::vec((kind, 1..200_000_i64), 0..8)
}

proptest! {
    #[test]
    fn expected_cash_is_opening_plus_tenders_less_change_for_any_mix(
        lines in any_lines(), rules in any_rules(), offers in any_tenders(), opening in 0..100_000_i64,
    ) {
        let mut cart = cart_of(lines, &rules);
        for (number, (kind, amount_minor)) in (10..).zip(offers) {
            let _ = cart.apply(CartChange::AddTender(tender(number, kind, amount_minor)), &rules);
        }
        let open = cart.settlement(&rules).expect("accepted tenders settle");
        if open.remaining_minor > 0 {
            // Whatever the mix so far, a card for what remains closes the sale.
            let rest = tender(99, TenderKind::Card, open.remaining_minor);
            prop_assert!(cart.apply(CartChange::AddTender(rest), &rules).is_ok());
        }
        let sale = complete(&cart, &rules, 0).expect("paid in full");
        let handed: i64 = sale.tenders.iter().map(|one| one.amount_minor).sum();
        let cash: i64 = sale.tenders.iter().filter(|one| one.kind == TenderKind::Cash).map(|one| one.amount_minor).sum();
        prop_assert_eq!(handed - sale.change_minor, sale.to_pay_minor);
        prop_assert_eq!(sale.to_pay_minor, sale.totals.gross_minor + sale.cash_rounding_minor);
        prop_assert!((0..=cash).contains(&sale.change_minor), "change comes from cash only");
        let expected = expected_cash_minor(opening, [sale.cash_moved_minor()]);
        prop_assert_eq!(expected, opening + cash - sale.change_minor);
        if rules.cash_rounding.scope == CashRoundingScope::CashOnly && cash == 0 {
            prop_assert_eq!(sale.cash_rounding_minor, 0);
        }
    }

    #[test]
    fn the_first_quick_choice_always_closes_the_sale_without_change(gross in 1..10_000_000_i64, rules in any_rules()) {
        let open = settle(gross, &[], &rules).expect("no tender yet");
        for (index, &choice) in open.quick_cash_minor.iter().enumerate() {
            let paid = settle(gross, &[cash(choice)], &rules).expect("an offered choice is welcome");
            prop_assert_eq!(paid.remaining_minor, 0);
            prop_assert!(index > 0 || paid.change_minor == 0);
        }
        prop_assert!(open.quick_cash_minor.is_sorted());
    }

    #[test]
    fn rounding_never_moves_more_than_an_increment(gross in 1..10_000_000_i64, over in 0..5_000_i64, rules in any_rules()) {
        let due = settle(gross, &[], &rules).expect("no tender yet").remaining_in_cash_minor;
        if due > 0 {
            let paid = settle(gross, &[cash(due + over)], &rules).expect("cash");
            prop_assert!(paid.cash_rounding_minor.abs() <= 2 * rules.cash_rounding.increment_minor);
        }
    }
}
