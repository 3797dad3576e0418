//! A shop's minute without misfortune: sales, goods, counts, prices, decisions.

use protocol::conflict::{ConflictKind, Decision};
use protocol::pull::PullScope;
use sync::backoff::SplitMix64;
use sync::effects::FieldGroup;
use uuid::Uuid;

use super::PRODUCTS;
use crate::parts::bodies;
use crate::world::facts::What;
use crate::world::names::Goal;
use crate::world::scene::Scene;

impl Scene {
    /// A random article of the shop.
    pub(super) fn article(&mut self, at: usize) -> Uuid {
        let number = self.machines[at].people.up_to(PRODUCTS - 1);
        bodies::product(u128::from(number))
    }

    pub(super) fn work(&mut self, at: usize) {
        self.pay_again(at);
        if !self.machines[at].open {
            return;
        }
        match self.machines[at].people.up_to(199) {
            0..40 => {
                let product = self.article(at);
                self.sell(at, product);
            }
            40..45 => {
                let product = self.article(at);
                let milli = 10_000 + 1_000 * self.machines[at].people.up_to(30).cast_signed();
                self.record(at, &What::Restock { product, milli });
            }
            45 => {
                let product = self.article(at);
                self.count(at, product);
            }
            46 => {
                let product = self.article(at);
                self.price(at, product);
            }
            47 => {
                let product = self.article(at);
                self.rename(at, product);
            }
            48..51 => {
                if let Some((conflict, version, decision)) = self.open_conflict(at) {
                    self.settle(at, conflict, version, decision);
                }
            }
            _ => {}
        }
    }

    /// Pieces of a product over the counter.
    pub(super) fn sell(&mut self, at: usize, product: Uuid) -> Uuid {
        if self.machines[at].draft.is_some() {
            // One cart after the other.
            self.pay_again(at);
        }
        let sale = self.new_sale(at);
        let milli = 1_000 + 1_000 * self.machines[at].people.up_to(3).cast_signed();
        let what = What::Sale {
            sale,
            product,
            milli,
        };
        let draft = self.draft(at, what);
        let tenant = self.machines[at].who.tenant;
        let known = self
            .cloud
            .tenants
            .get(&tenant)
            .and_then(|tables| tables.products.get(&product));
        if known.is_some_and(|known| known.deleted) {
            self.tally.saw(Goal::DeletedSold);
        }
        self.say(|| format!("machine {at} sells"));
        self.pay(at, draft);
        sale
    }

    /// A shelf is counted; mostly what the till shows is found.
    pub(super) fn count(&mut self, at: usize, product: Uuid) {
        let seen = self.machines[at].disk.shelf.scope(PullScope::Stock).seen;
        let wrong = self.machines[at].people.up_to(3) == 0;
        let off = if wrong { 2_000 } else { 0 };
        let milli = (self.on_screen(at, product) + off).max(0);
        let seen = seen.0.map(|epoch| (epoch, seen.1));
        self.record(
            at,
            &What::Count {
                product,
                milli,
                seen,
            },
        );
    }

    fn versions(&self, at: usize, product: Uuid) -> (u64, u64) {
        let rows = self.machines[at].disk.shelf.scope(PullScope::Catalogue);
        let row = rows
            .published
            .get(&product)
            .map(|(_, figures)| figures.as_slice());
        match row {
            Some([_, price, names]) => (price.cast_unsigned(), names.cast_unsigned()),
            _ => (0, 0),
        }
    }

    pub(super) fn price(&mut self, at: usize, product: Uuid) {
        let (base, _) = self.versions(at, product);
        let price = 100 + self.machines[at].people.up_to(50).cast_signed();
        let groups = vec![(FieldGroup::Price, base, price)];
        self.record(
            at,
            &What::Edit {
                product,
                created: false,
                groups,
                price_only: true,
            },
        );
    }

    /// Name and price together, or the name alone; now and then a product that is new here.
    pub(super) fn rename(&mut self, at: usize, product: Uuid) {
        let (price, names) = self.versions(at, product);
        let people = &mut self.machines[at].people;
        let created = people.up_to(7) == 0;
        let name = people.up_to(20).cast_signed();
        let amount = 100 + people.up_to(50).cast_signed();
        let mut groups = vec![(FieldGroup::Names, names, name)];
        if created {
            groups = vec![
                (FieldGroup::Names, 0, name),
                (FieldGroup::Price, 0, amount),
                (FieldGroup::Tax, 0, 0),
                (FieldGroup::Barcodes, 0, 0),
            ];
        } else if people.up_to(1) == 0 {
            groups.push((FieldGroup::Price, price, amount));
        }
        self.record(
            at,
            &What::Edit {
                product,
                created,
                groups,
                price_only: false,
            },
        );
    }

    /// A conflict that is open as far as this till knows, and something that may be decided about it.
    pub(super) fn open_conflict(&mut self, at: usize) -> Option<(Uuid, u32, Decision)> {
        let machine = &mut self.machines[at];
        // Drawn in any case: what people do next does not depend on what they see now.
        let mut choice = SplitMix64::new(machine.people.next_u64());
        let rows = &machine.disk.shelf.scope(PullScope::Conflicts).published;
        let open: Vec<(Uuid, i64, i64)> = rows
            .iter()
            .filter_map(|(id, (_, figures))| match figures.as_slice() {
                [version, kind, 0] => Some((*id, *version, *kind)),
                _ => None,
            })
            .take(40)
            .collect();
        if open.is_empty() {
            return None;
        }
        let at = usize::try_from(choice.up_to(open.len() as u64 - 1)).unwrap_or(0);
        let (id, version, kind) = open[at];
        let kind = ConflictKind::ALL.get(usize::try_from(kind).ok()?)?;
        let mut may: Vec<Decision> = kind.decisions().to_vec();
        // Field by field needs a form; the two other ways change as much.
        may.retain(|decision| *decision != Decision::FieldByField);
        let pick = usize::try_from(choice.up_to(may.len() as u64 - 1)).unwrap_or(0);
        Some((id, u32::try_from(version).ok()?, may[pick]))
    }

    pub(super) fn settle(&mut self, at: usize, conflict: Uuid, version: u32, decision: Decision) {
        self.record(
            at,
            &What::Settle {
                conflict,
                version,
                decision,
            },
        );
    }
}
