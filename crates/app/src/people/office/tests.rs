//! Who may sign in after head office has spoken, and which settings hold.

use domain::Currency;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

fn local(id: u128, role: Role) -> Operator {
    Operator {
        operator_id: Uuid::from_u128(id),
        name: format!("Local {id}"),
        role,
        pin_hash: "{}".to_owned(),
        active: true,
        from_cloud: false,
    }
}

fn told(id: u128, role: Role, active: bool, pin: bool) -> OperatorRow {
    OperatorRow {
        operator_id: Uuid::from_u128(id),
        name: format!("Office {id}"),
        role,
        active,
        pin_phc: pin.then(|| "$argon2id$v=19$x".to_owned()),
    }
}

/// Everybody who may sign in after it, by id.
fn working(here: &[Operator], told: &[OperatorRow]) -> Vec<u128> {
    let changed = people_after(here, told);
    let mut all: BTreeMap<_, _> = here.iter().map(|one| (one.operator_id, one)).collect();
    all.extend(changed.iter().map(|one| (one.operator_id, one)));
    let active = all.into_values().filter(|one| one.active);
    active.map(|one| one.operator_id.as_u128()).collect()
}

#[test]
fn people_of_the_till_stay_until_head_office_has_a_manager_who_can_sign_in() {
    let here = [local(1, Role::Manager), local(2, Role::Cashier)];
    assert_eq!(working(&here, &[]), [1, 2], "head office has nobody");
    let cashier = told(7, Role::Cashier, true, true);
    assert_eq!(
        working(&here, std::slice::from_ref(&cashier)),
        [1, 2, 7],
        "no manager yet"
    );
    let no_pin = told(8, Role::Manager, true, false);
    assert_eq!(
        working(&here, &[cashier.clone(), no_pin]),
        [1, 2, 7],
        "a manager without a PIN is none"
    );
    let manager = told(8, Role::Manager, true, true);
    assert_eq!(
        working(&here, &[cashier, manager]),
        [7, 8],
        "from now on head office's people"
    );
}

#[test]
fn the_last_working_manager_stays_whatever_is_told() {
    let first = people_after(
        &[local(1, Role::Manager)],
        &[told(8, Role::Manager, true, true)],
    );
    assert_eq!(first.len(), 2, "one came, one went");
    let gone = told(8, Role::Manager, false, true);
    assert_eq!(
        working(&first, &[gone]),
        [1],
        "the till's own manager is let in again"
    );
    let only_office: Vec<Operator> = first.into_iter().filter(|one| one.from_cloud).collect();
    let gone = told(8, Role::Manager, false, true);
    assert_eq!(
        working(&only_office, &[gone]),
        [8],
        "and without one nobody is locked out"
    );
    assert_eq!(working(&only_office, &[]), [8], "nor by a row that is gone");
}

#[test]
fn whom_head_office_takes_away_cannot_sign_in() {
    let manager = told(8, Role::Manager, true, true);
    let here = people_after(&[], &[manager.clone(), told(9, Role::Cashier, true, true)]);
    let after = [manager.clone(), told(9, Role::Cashier, false, true)];
    assert_eq!(working(&here, &after), [8], "deactivated");
    assert_eq!(working(&here, &[manager]), [8], "or gone");
}

#[test]
fn the_same_word_again_changes_nothing() {
    let rows = [
        told(8, Role::Manager, true, true),
        told(9, Role::Cashier, true, false),
    ];
    let here = people_after(&[], &rows);
    assert_eq!(people_after(&here, &rows), [], "nothing is written");
}

fn setting(name: &str, value: Value) -> SettingRow {
    SettingRow {
        name: name.to_owned(),
        value,
    }
}

#[test]
fn a_setting_is_taken_where_the_till_has_it_and_can_use_it() {
    let currency = Currency::from_code("CHF").expect("a known currency");
    let config = TillConfig::usual(currency, "Old", "T1");
    let told = [
        setting("branch_name", json!("Corner shop")),
        setting("branch_lines", json!(["1 High Street", "VAT 123"])),
        setting("footer", json!("not a list")),
        setting("hologram", json!(7)),
        setting(
            "cash_rounding",
            json!({"increment_minor": 0, "tie": "half_up", "change": "nearest", "scope": "cash_only"}),
        ),
        setting("default_tax_class", json!("reduced")),
    ];
    let (next, waits) = settings_after(&config, &told, &|_| false);
    assert_eq!(next.branch_name, "Corner shop", "taken");
    assert_eq!(next.branch_lines.len(), 2, "taken");
    assert_eq!(next.footer, config.footer, "unreadable: what was stays");
    assert_eq!(next.rules, config.rules, "a coin of nothing is none");
    assert!(
        waits && next.default_tax_class == "none",
        "a class that is not here yet is waited for"
    );
    let (next, waits) = settings_after(&config, &told, &|code| code == "reduced");
    assert!(
        !waits && next.default_tax_class == "reduced",
        "and taken when it is"
    );
}
