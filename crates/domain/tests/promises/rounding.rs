//! The one rounding function against a slow oracle, and its bounds.

use crate::builders::any_tie;
use domain::{Tie, round_div, round_to_increment};
use proptest::prelude::*;

/// Tries the neighbours one by one and takes the nearest, by definition.
fn oracle(numerator: i128, denominator: i128, tie: Tie) -> i128 {
    let near = numerator / denominator;
    let distance = |candidate: i128| (candidate * denominator - numerator).abs();
    let candidates: Vec<i128> = (near - 2..=near + 2).collect();
    let least = candidates
        .iter()
        .map(|&one| distance(one))
        .min()
        .expect("there are five");
    let nearest: Vec<i128> = candidates
        .into_iter()
        .filter(|&one| distance(one) == least)
        .collect();
    let pick = match tie {
        Tie::HalfUp => nearest.iter().max_by_key(|one| one.abs()),
        Tie::HalfDown => nearest.iter().min_by_key(|one| one.abs()),
        Tie::HalfEven => nearest
            .iter()
            .find(|&&one| nearest.len() == 1 || one % 2 == 0),
    };
    *pick.expect("one of two neighbours is even")
}

#[test]
fn halves_go_where_the_tie_says_on_both_sides_of_zero() {
    let table = [
        (Tie::HalfUp, [3, 4, -3, -4]),
        (Tie::HalfEven, [2, 4, -2, -4]),
        (Tie::HalfDown, [2, 3, -2, -3]),
    ];
    for (tie, expected) in table {
        let rounded = [5, 7, -5, -7].map(|halves| round_div(halves, 2, tie));
        assert_eq!(rounded, expected, "{tie}: 2.5, 3.5, −2.5, −3.5");
    }
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    for tie in Tie::ALL {
        assert_eq!(round_div(i128::MAX, i128::MAX, *tie), 1, "{tie}: a whole");
        assert_eq!(
            round_div(i128::MAX - 1, i128::MAX, *tie),
            1,
            "{tie}: nearly a whole"
        );
        assert_eq!(
            round_div(i128::MIN, 1, *tie),
            i128::MIN,
            "{tie}: the other end"
        );
    }
}

#[test]
fn an_increment_of_one_or_none_changes_nothing() {
    for increment_minor in [-5, 0, 1] {
        assert_eq!(
            round_to_increment(31_772, increment_minor, Tie::HalfUp),
            31_772,
            "increment {increment_minor}"
        );
    }
}

proptest! {
    #[test]
    fn round_div_agrees_with_the_slow_oracle(
        numerator in -100_000_i128..100_000,
        denominator in prop_oneof![1_i128..200, -200_i128..-1],
        tie in any_tie(),
    ) {
        prop_assert_eq!(round_div(numerator, denominator, tie), oracle(numerator, denominator, tie));
    }

    #[test]
    fn rounding_is_symmetric_so_that_a_refund_mirrors_its_sale(
        numerator in any::<i64>(), denominator in 1..i64::MAX, tie in any_tie(),
    ) {
        let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
        prop_assert_eq!(round_div(-numerator, denominator, tie), -round_div(numerator, denominator, tie));
    }

    #[test]
    fn a_rounded_amount_is_a_multiple_and_at_most_half_an_increment_away(
        amount in -1_000_000_i64..1_000_000, increment in 2_i64..500, tie in any_tie(),
    ) {
        let rounded = round_to_increment(amount, increment, tie);
        prop_assert_eq!(rounded % increment, 0);
        prop_assert!((rounded - amount).abs() * 2 <= increment);
    }
}
