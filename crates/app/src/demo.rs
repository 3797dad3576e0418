//! The demo branch: 200 articles, three people, PINs that everybody may know.

use domain::Role;

use crate::dto::DemoHint;

/// The demo branch's catalogue.
pub(crate) const CATALOGUE: &[u8] = include_bytes!("../../../assets/demo/catalogue.csv");
/// Its in-store barcode rules.
pub(crate) const RULES: &str = include_str!("../../../assets/demo/in_store_rules.json");
/// Its tax classes.
pub(crate) const TAX_CLASSES: &str = include_str!("../../../assets/demo/tax_classes.json");

/// Who works there.
pub(crate) const PEOPLE: [(&str, Role, &str); 3] = [
    ("Ada", Role::Cashier, "2580"),
    ("Grace", Role::Supervisor, "1470"),
    ("Linus", Role::Manager, "3690"),
];

/// What the sign-in screen of a demo branch tells.
pub(crate) fn hints() -> Vec<DemoHint> {
    let hint = |(name, _, pin): &(&str, Role, &str)| DemoHint {
        operator: (*name).to_owned(),
        pin: (*pin).to_owned(),
    };
    PEOPLE.iter().map(hint).collect()
}
