//! Every spelling of a code finds the same article.

use domain::{Symbology, check_digit_ok, normal_key, scan_keys};
use proptest::prelude::*;

fn check_digit(body: &str) -> u32 {
    let weighted = body.bytes().rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    (10 - sum % 10) % 10
}

fn finds(scanned: &str, stored: &str) -> bool {
    scan_keys(scanned).contains(&normal_key(stored))
}

#[test]
fn each_symbology_is_told_by_its_shape() {
    let table = [
        ("4006381333931", Symbology::Ean13),
        ("96385074", Symbology::Ean8),
        ("036000291452", Symbology::UpcA),
        ("04252614", Symbology::UpcE),
        ("10614141000415", Symbology::Gtin14),
        ("85123A", Symbology::Own),
        ("71053", Symbology::Own),
        ("", Symbology::Own),
    ];
    for (code, symbology) in table {
        assert_eq!(Symbology::of(code), symbology, "\"{code}\"");
    }
}

#[test]
fn a_upc_a_is_found_by_either_form() {
    assert_eq!(
        normal_key("036000291452"),
        "0036000291452",
        "stored as an EAN-13"
    );
    assert!(finds("036000291452", "0036000291452") && finds("0036000291452", "036000291452"));
}

#[test]
fn a_upc_e_is_expanded_by_each_of_its_rules() {
    let table = [
        ("04252614", "042100005264"), // last digit 1
        ("01234505", "012000003455"), // last digit 0
        ("01234531", "012300000451"), // last digit 3
        ("01234543", "012340000053"), // last digit 4
        ("01234565", "012345000065"), // last digit 5 to 9
        ("16543210", "165100004320"), // number system 1
    ];
    for (upc_e, upc_a) in table {
        assert!(
            finds(upc_e, upc_a),
            "{upc_e} finds {upc_a}: {:?}",
            scan_keys(upc_e)
        );
        assert!(
            finds(upc_a, upc_e),
            "{upc_a} finds an article stored as {upc_e}: {:?}",
            scan_keys(upc_a)
        );
        assert_eq!(scan_keys(upc_e)[0], upc_e, "what was scanned comes first");
    }
    assert_eq!(
        scan_keys("96385074").len(),
        2,
        "8 digits that start with 9 are an EAN-8 only"
    );
}

#[test]
fn a_gtin_14_of_one_piece_is_the_piece_and_a_case_is_not() {
    assert!(finds("04006381333931", "4006381333931") && finds("4006381333931", "04006381333931"));
    let case = "14006381333938";
    assert_eq!(normal_key(case), case, "a case keeps its indicator digit");
    assert!(
        !finds(case, "4006381333931"),
        "a case of twelve must not sell as one"
    );
    assert!(finds(case, case), "and is found as itself");
}

#[test]
fn an_ean_8_is_found_when_it_was_padded() {
    assert!(finds("96385074", "0000096385074") && finds("0000096385074", "96385074"));
}

#[test]
fn a_wrong_check_digit_is_still_a_key() {
    for wrong in [
        "4006381333932",
        "036000291453",
        "96385075",
        "04252615",
        "10614141000416",
    ] {
        assert!(!check_digit_ok(wrong), "{wrong} has a wrong check digit");
        assert!(
            finds(wrong, wrong),
            "{wrong} is still found: {:?}",
            scan_keys(wrong)
        );
    }
    assert!(
        finds("036000291453", "0036000291453"),
        "by either form as well"
    );
    assert!(!check_digit_ok("85123A"), "an own code has no check digit");
}

#[test]
fn own_codes_are_kept_as_they_are() {
    assert_eq!(
        scan_keys("  85123A \r\n"),
        ["85123A"],
        "only the blanks around it go"
    );
    assert_eq!(scan_keys("15056BL"), ["15056BL"]);
    assert_eq!(scan_keys("gift 1"), ["gift 1"], "blanks inside stay");
    assert_ne!(
        scan_keys("85123a"),
        scan_keys("85123A"),
        "case matters: both exist in real shops"
    );
}

#[test]
fn printed_blanks_and_a_scanners_prefix_do_not_matter() {
    assert!(
        finds("4 006381 333931", "4006381333931"),
        "typed as printed under the bars"
    );
    assert!(
        finds("]E04006381333931", "4006381333931"),
        "with an AIM identifier"
    );
    assert!(finds("]E", "]E"), "but a short own code is left alone");
}

#[test]
fn what_is_no_code_has_no_keys() {
    assert!(
        scan_keys("").is_empty() && scan_keys(" \t ").is_empty(),
        "nothing was scanned"
    );
    assert!(
        scan_keys(&"7".repeat(129)).is_empty(),
        "too long to be an article's"
    );
}

#[test]
fn a_long_number_from_another_system_is_found_verbatim_too() {
    assert!(
        scan_keys("036000291452").contains(&"036000291452".to_owned()),
        "stored without its zero by someone else"
    );
}

proptest! {
    #[test]
    fn whatever_is_stored_is_found_by_the_same_text(code in "\\PC{1,40}") {
        let key = normal_key(&code);
        prop_assert!(key.is_empty() || scan_keys(&code).contains(&key));
        prop_assert_eq!(normal_key(&key), key.clone(), "a key is its own key");
    }

    #[test]
    fn keys_never_repeat_and_digits_never_break_them(code in "[0-9]{1,20}") {
        let keys = scan_keys(&code);
        let mut unique = keys.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), keys.len());
    }

    #[test]
    fn every_upc_e_and_its_upc_a_find_each_other(system in 0..2_u32, body in "[0-9]{6}") {
        let bare = format!("{system}{body}");
        let keys = scan_keys(&format!("{bare}0"));
        let expanded = keys.iter().find(|key| key.len() == 13 && !key.starts_with("00000"));
        if let Some(expanded) = expanded {
            let digit = check_digit(&expanded[..12]);
            let (upc_e, upc_a) = (format!("{bare}{digit}"), format!("{}{digit}", &expanded[1..12]));
            prop_assert!(check_digit_ok(&upc_e) && check_digit_ok(&upc_a));
            prop_assert!(finds(&upc_e, &upc_a));
        }
    }
}

#[test]
fn a_stored_key_stays_what_it_is_when_its_product_is_stored_again() {
    for code in [
        "]E0 SHELF",
        "]E6\0\u{1}5123",
        "]C1]E05012345678900",
        "]E0",
        " ]E0 501 2345 678900 ",
    ] {
        let key = normal_key(code);
        assert_eq!(normal_key(&key), key, "the key of {code:?}");
        assert!(
            scan_keys(code).contains(&key) && scan_keys(&key).contains(&key),
            "{code:?} and {key:?} are found as {key:?}"
        );
    }
}
