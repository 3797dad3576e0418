//! Bad input through the facade: each "no" names the field, the value, the limit and what to do,
//! and changes nothing.

use app::dto::{Approval, PrinterConnection, PrinterSettings, ScanAnswer, ScannedBy, SignIn};
use app::{AppError, Code, TenderKind};
use domain::Role;
use suite::{MANAGER_PIN, Shop};

fn facts(error: &AppError) -> (Code, Option<&str>, Option<&str>, Option<&str>) {
    (
        error.code,
        error.field.as_deref(),
        error.value.as_deref(),
        error.limit.as_deref(),
    )
}

#[test]
fn an_unknown_barcode_is_said_and_the_cart_stays_as_it_was() {
    let shop = Shop::alone("GBP");
    shop.scan("TEA");
    let before = shop.till().cart().unwrap();
    let answer = shop.till().scan("5000000000000".into(), ScannedBy::Scanner);
    assert_eq!(
        answer.unwrap(),
        ScanAnswer::Unknown {
            code: "5000000000000".into()
        },
        "nobody guesses"
    );
    assert_eq!(shop.till().cart().unwrap(), before, "the cart is untouched");
}

#[test]
fn quantities_out_of_range_are_refused_by_name_and_nothing_changes() {
    let shop = Shop::alone("GBP");
    shop.scan("TEA");
    let before = shop.till().cart().unwrap();
    let table = [
        (0, Code::QuantityZero, "0", None),
        (-1_000, Code::QuantityZero, "-1", None),
        (1_500, Code::QuantityNotWhole, "1.5", None),
        (
            1_000_000_000_000,
            Code::QuantityTooLarge,
            "1000000000",
            Some("1000000"),
        ),
        (
            i64::MAX,
            Code::QuantityTooLarge,
            "9223372036854775.807",
            Some("1000000"),
        ),
    ];
    for (asked, code, value, limit) in table {
        let refused = shop.till().set_quantity(1, asked).unwrap_err();
        assert_eq!(
            facts(&refused),
            (code, Some("quantity"), Some(value), limit),
            "{refused}"
        );
        assert_eq!(
            shop.till().cart().unwrap(),
            before,
            "{asked} changes nothing"
        );
    }
}

#[test]
fn prices_out_of_range_are_refused_in_money_and_nothing_changes() {
    let shop = Shop::alone("GBP");
    shop.scan("TEA");
    let before = shop.till().cart().unwrap();
    let table = [
        (-1, Code::PriceNegative, "-0.01", "0.00"),
        (
            1_000_000_000_000_000,
            Code::PriceTooLarge,
            "10000000000000.00",
            "10000000000.00",
        ),
    ];
    for (asked, code, value, limit) in table {
        let refused = shop.till().set_price(1, asked, None).unwrap_err();
        assert_eq!(
            facts(&refused),
            (code, Some("unit_price"), Some(value), Some(limit)),
            "{refused}"
        );
        assert_eq!(
            shop.till().cart().unwrap(),
            before,
            "{asked} changes nothing"
        );
    }
    let refused = shop.till().quick_article(
        Some("NEW".into()),
        "Vase".into(),
        -1,
        "standard".into(),
        None,
    );
    assert!(
        matches!(&refused, Ok(ScanAnswer::Refused { error }) if error.code == Code::PriceNegative),
        "{refused:?}"
    );
    assert!(
        shop.till().look_up("NEW").unwrap().products.is_empty(),
        "a refused article is not made"
    );
}

#[test]
fn an_article_made_at_the_till_is_made_only_if_it_can_be_sold() {
    let shop = Shop::alone("GBP");
    shop.scan("TEA");
    shop.till().add_tender(TenderKind::Cash, 100, None).unwrap();
    let answer = shop.till().quick_article(
        Some("NEW".into()),
        "Vase".into(),
        900,
        "standard".into(),
        None,
    );
    assert!(
        matches!(&answer, Ok(ScanAnswer::Refused { error }) if error.code == Code::TenderedAlready),
        "money lies on the counter: {answer:?}"
    );
    assert!(
        shop.till().look_up("NEW").unwrap().products.is_empty(),
        "nothing is half done"
    );
}

#[test]
fn a_malformed_amount_is_quoted_and_never_guessed() {
    let shop = Shop::alone("GBP");
    for text in [
        "",
        "abc",
        "1,5",
        "1.234",
        "12..5",
        "1e3",
        "£5",
        "0x10",
        "99999999999999",
    ] {
        let refused = shop.till().parse_amount(text.into()).unwrap_err();
        assert_eq!(refused.code, Code::AmountMalformed, "{text:?}: {refused}");
        assert_eq!(
            (refused.field.as_deref(), refused.value.as_deref()),
            (Some("amount"), Some(text)),
            "it names what was typed"
        );
        assert!(
            refused.detail.contains(':') || refused.detail.contains(';'),
            "it says what to do: {refused}"
        );
    }
}

#[test]
fn five_wrong_pins_lock_and_no_restart_unlocks() {
    let mut shop = Shop::alone("GBP");
    let manager = shop.manager();
    for left in (1..=4).rev() {
        let answer = shop.till().sign_in(manager, "9999".into()).unwrap();
        assert_eq!(
            answer,
            SignIn::WrongPin {
                attempts_left: left
            },
            "each one is counted"
        );
    }
    let fifth = shop.till().sign_in(manager, "9999".into()).unwrap();
    let SignIn::Locked { until_ms } = fifth else {
        panic!("the fifth locks: {fifth:?}");
    };
    shop.close();
    shop.open();
    let right = shop.till().sign_in(manager, MANAGER_PIN.into()).unwrap();
    assert_eq!(
        right,
        SignIn::Locked { until_ms },
        "a restart forgives nothing, not even for the right PIN"
    );
    shop.till().sign_in_command_line().unwrap();
    let approval = Approval {
        operator_id: manager,
        pin: MANAGER_PIN.into(),
    };
    shop.scan("TEA");
    let refused = shop.till().set_price(1, 100, Some(approval)).unwrap_err();
    assert_eq!(refused.code, Code::PinLocked, "no way round by an approval");
}

#[test]
fn twenty_wrong_pins_at_once_are_counted_one_by_one() {
    let shop = Shop::alone("GBP");
    let manager = shop.manager();
    let answers: Vec<SignIn> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| shop.till().sign_in(manager, "9999".into()).unwrap()))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let looked_at = answers
        .iter()
        .filter(|answer| matches!(answer, SignIn::WrongPin { .. }))
        .count();
    assert_eq!(looked_at, 4, "the fifth locks, whoever asks: {answers:?}");
}

#[test]
fn a_scanned_product_signs_nobody_in() {
    let shop = Shop::alone("GBP");
    shop.till().sign_out().unwrap();
    let refused = shop
        .till()
        .scan("TEA".into(), ScannedBy::Scanner)
        .unwrap_err();
    assert_eq!(refused.code, Code::NotSignedIn, "{refused}");
    assert!(
        shop.till().status().unwrap().operator.is_none(),
        "nobody is"
    );
}

#[test]
fn a_cashier_may_not_override_a_price_and_a_supervisor_may_approve_it() {
    let mut shop = Shop::bare();
    shop.open();
    shop.till().init(app::InitWhat::Demo).unwrap();
    let people = shop.till().operators().unwrap();
    let who = |role: Role| {
        people
            .iter()
            .find(|who| who.role == role)
            .unwrap()
            .operator_id
    };
    shop.till()
        .sign_in(who(Role::Cashier), "2580".into())
        .unwrap();
    shop.scan("A0101");
    let refused = shop.till().set_price(1, 100, None).unwrap_err();
    assert_eq!(refused.code, Code::NotAllowed, "{refused}");
    let with = |pin: &str| {
        Some(Approval {
            operator_id: who(Role::Supervisor),
            pin: pin.into(),
        })
    };
    let refused = shop.till().set_price(1, 100, with("0000")).unwrap_err();
    assert_eq!(refused.code, Code::ApprovalWrong, "{refused}");
    let cart = shop.till().set_price(1, 100, with("1470")).unwrap();
    assert_eq!(cart.lines[0].unit_price_minor, 100, "approved, it counts");
}

#[test]
fn a_printer_that_cannot_be_one_is_refused_when_it_is_set() {
    let shop = Shop::alone("GBP");
    let before = shop.till().printer().unwrap();
    let set = |address: &str, profile: &str| {
        shop.till().set_printer(PrinterSettings {
            connection: PrinterConnection::Network {
                address: address.into(),
            },
            profile: profile.into(),
            open_drawer: true,
        })
    };
    for (address, profile) in [
        ("", "generic-80"),
        ("not an address", "generic-80"),
        ("host:99999", "generic-80"),
        ("127.0.0.1:9100", "no-such-printer"),
    ] {
        let refused = set(address, profile).unwrap_err();
        assert_eq!(
            refused.code,
            Code::PrinterUnreachable,
            "{address}: {refused}"
        );
    }
    assert_eq!(shop.till().printer().unwrap(), before, "nothing changed");
}
