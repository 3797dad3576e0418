//! Head office: what it writes goes under the same lock and gets its version there.

use std::collections::BTreeMap;

use domain::Unit;
use protocol::pull::PullScope;
use sync::effects::{FieldGroup, GroupVersion, ProductFields};
use sync::ingest::ProductNow;
use uuid::Uuid;

use super::CloudSide;

/// Something that head office writes.
#[derive(Debug, Clone, Copy)]
pub(in crate::world) enum Order {
    /// A product has this price now, and exists.
    Price { product: Uuid, price: i64 },
    /// A product is gone.
    Delete { product: Uuid },
    /// A setting of the branch.
    Setting { name: u64, value: i64 },
}

impl CloudSide {
    /// Commits what head office wrote: versions are taken here, with the lock held.
    pub fn office(&mut self, tenant: Uuid, orders: &[Order]) {
        let tables = self.of_mut(tenant);
        for order in orders {
            tables.rv += 1;
            let rv = tables.rv;
            match *order {
                Order::Price { product, price } => {
                    let before = tables.products.get(&product).cloned();
                    let now = priced(before, price, rv);
                    tables.reference.office(product, rv, Some(price));
                    tables.put_product(product, now, rv);
                }
                Order::Delete { product } => {
                    if let Some(mut now) = tables.products.get(&product).cloned() {
                        now.deleted = true;
                        tables.reference.office(product, rv, None);
                        tables.put_product(product, now, rv);
                    }
                }
                Order::Setting { name, value } => {
                    let id = Uuid::from_u128((0x5E << 112) + u128::from(name));
                    let data = (value >= 0).then(|| vec![value]);
                    tables.rows.put(PullScope::Config, id, rv, data);
                }
            }
        }
    }
}

fn priced(before: Option<ProductNow>, price: i64, rv: u64) -> ProductNow {
    let made = GroupVersion {
        version: rv,
        ..GroupVersion::default()
    };
    let Some(mut now) = before else {
        return ProductNow {
            fields: fields(0, price),
            deleted: false,
            groups: FieldGroup::ALL.map(|group| (group, made.clone())).into(),
        };
    };
    now.deleted = false;
    now.fields.price_minor = Some(price);
    let mut groups: BTreeMap<_, _> = now.groups;
    groups.insert(FieldGroup::Price, made);
    now.groups = groups;
    now
}

/// A product whose name says a number.
fn fields(name: i64, price: i64) -> ProductFields {
    ProductFields {
        code: None,
        name: name.to_string(),
        unit: Unit::Piece,
        price_minor: Some(price),
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        category: None,
        barcodes: Vec::new(),
    }
}
