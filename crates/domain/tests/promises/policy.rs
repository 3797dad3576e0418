//! Roles, PINs, and the one spelling of every word.

use domain::{
    CashRoundingScope, ChangeRounding, InStoreValue, Locked, MovementKind, PinAttempts, PinRefused,
    PriceMode, Right, Role, Symbology, TaxRounding, TenderKind, Tie, Unit, pin_well_formed,
};
use std::str::FromStr;

macro_rules! one_spelling {
    ($($list:ty),+ $(,)?) => {$(
        for word in <$list>::ALL {
            let json = serde_json::to_string(word).expect("a word is JSON");
            assert_eq!(json, format!("\"{}\"", word.as_str()), "SQL and JSON spell {word:?} alike");
            assert_eq!(<$list>::from_str(word.as_str()), Ok(*word), "{word:?} is read back");
            assert_eq!(serde_json::from_str::<$list>(&json).ok(), Some(*word), "{word:?} from JSON");
        }
    )+};
}

#[test]
fn every_word_has_one_spelling_in_sql_and_json() {
    one_spelling!(
        Unit,
        Tie,
        ChangeRounding,
        CashRoundingScope,
        PriceMode,
        TaxRounding,
        Symbology,
        InStoreValue,
        TenderKind,
        MovementKind,
        Role,
        Right,
    );
    let unknown = Unit::from_str("pound").expect_err("not one of ours");
    assert_eq!(
        unknown.to_string(),
        "Unit \"pound\" is unknown: use one of piece, kilogram, litre, metre"
    );
}

#[test]
fn each_role_has_its_rights_and_no_more() {
    use Right::{
        AdjustStock, CountStock, EditProduct, ImportCatalogue, OverridePrice, QuickArticle,
        ReceiveStock, Refund, RefundWithoutReceipt, Reprint, SeeSales, Sell, SetUpTill,
        SettleConflict, SyncTools,
    };
    let table: [(Role, &[Right]); 4] = [
        (Role::Cashier, &[Sell, SeeSales, Reprint]),
        (
            Role::Supervisor,
            &[
                Sell,
                Refund,
                OverridePrice,
                QuickArticle,
                AdjustStock,
                EditProduct,
                ReceiveStock,
                CountStock,
                SettleConflict,
                SeeSales,
                Reprint,
            ],
        ),
        (
            Role::Manager,
            &[
                Sell,
                Refund,
                RefundWithoutReceipt,
                OverridePrice,
                QuickArticle,
                AdjustStock,
                ImportCatalogue,
                SetUpTill,
                SeeSales,
                Reprint,
                EditProduct,
                ReceiveStock,
                CountStock,
                SettleConflict,
                SyncTools,
            ],
        ),
        (
            Role::Installer,
            &[ImportCatalogue, SetUpTill, SeeSales, Reprint, SyncTools],
        ),
    ];
    for (role, rights) in table {
        for right in Right::ALL {
            assert_eq!(
                role.may(*right),
                rights.contains(right),
                "{role} and {right}"
            );
        }
    }
}

#[test]
fn a_pin_is_four_to_eight_digits_and_not_the_first_guess() {
    for pin in ["4711", "0000001", "12346", "90210", "28401753"] {
        assert_eq!(pin_well_formed(pin), Ok(()), "{pin}");
    }
    let table = [
        ("", PinRefused::Length { digits: 0 }),
        ("471", PinRefused::Length { digits: 3 }),
        ("4006381333931", PinRefused::Length { digits: 13 }),
        ("47a1", PinRefused::NotDigits),
        ("٤٧١١", PinRefused::NotDigits),
        ("0000", PinRefused::AllTheSame),
        ("1234", PinRefused::Run),
        ("8765", PinRefused::Run),
    ];
    for (pin, refused) in table {
        assert_eq!(pin_well_formed(pin), Err(refused), "{pin}");
        assert!(
            pin.len() < 4 || !refused.to_string().contains(pin) || pin == "1234",
            "a refusal never repeats the PIN"
        );
    }
}

#[test]
fn five_wrong_pins_lock_for_a_minute_and_each_further_one_doubles_it_up_to_an_hour() {
    let mut attempts = PinAttempts::default();
    for left in [4, 3, 2, 1] {
        attempts = attempts.failed(0);
        assert_eq!(
            (attempts.may_try(0), attempts.attempts_left()),
            (Ok(()), left),
            "still free"
        );
    }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        attempts = attempts.failed(0);
        let until_ms = minutes * 60_000;
        assert_eq!(
            attempts.may_try(until_ms - 1),
            Err(Locked { until_ms }),
            "{minutes} minutes"
        );
        assert_eq!(attempts.may_try(until_ms), Ok(()), "and not longer");
    }
    assert_eq!(
        attempts.succeeded(),
        PinAttempts::default(),
        "the right one forgets them all"
    );
}

#[test]
fn a_clock_set_back_cannot_lock_for_longer_than_an_hour() {
    let mut attempts = PinAttempts::default();
    for _ in 0..5 {
        attempts = attempts.failed(10_000_000_000);
    }
    assert_eq!(
        attempts.may_try(0),
        Ok(()),
        "a lock far in the future is a clock's mistake"
    );
}

#[test]
fn countless_failures_overflow_nothing() {
    let worn = PinAttempts {
        failures: u32::MAX,
        locked_until_ms: None,
    }
    .failed(i64::MAX);
    assert_eq!(worn.locked_until_ms, Some(i64::MAX), "saturates");
}
