//! Head office: prices, settings, and what only it may do.

use protocol::wire::PushRequest;
use sync::chunk::CutLimits;
use uuid::Uuid;

use crate::parts::bodies;
use crate::world::cloud::Order;
use crate::world::disk::Torn;
use crate::world::names::{Fault, Goal};
use crate::world::network::standing;
use crate::world::process::cut_batch;
use crate::world::scene::{Due, Scene};

/// Ops of one line of a salvage file.
const LINE: CutLimits = CutLimits {
    max_ops: 500,
    max_bytes: 4 * 1024 * 1024,
};

impl Scene {
    /// A business with its catalogue.
    pub(in crate::world) fn open_shop(&mut self, number: u128) {
        let tenant = Uuid::from_u128((1 << 64) + number);
        let orders = Self::articles().map(|product| Order::Price {
            product,
            price: 120,
        });
        let orders: Vec<Order> = orders.collect();
        self.cloud.office(tenant, &orders);
    }

    pub(super) fn head_office(&mut self) {
        let tenants: Vec<Uuid> = self.cloud.tenants.keys().copied().collect();
        for tenant in tenants {
            let drawn = self.office.up_to(99);
            let number = self.office.up_to(super::PRODUCTS - 1);
            let figure = self.office.up_to(60).cast_signed();
            let product = bodies::product(u128::from(number));
            match drawn {
                0 => {
                    let price = 100 + figure;
                    self.cloud
                        .office(tenant, &[Order::Price { product, price }]);
                }
                1 => {
                    let value = figure - 10;
                    self.cloud.office(
                        tenant,
                        &[Order::Setting {
                            name: number,
                            value,
                        }],
                    );
                }
                _ => {}
            }
            self.floods(tenant);
        }
    }

    fn floods(&mut self, tenant: Uuid) {
        if self.happens(Fault::ProductFlood) {
            let price = 100 + self.span(Fault::ProductFlood, 900).cast_signed();
            let many = (1_000..1_300).map(|number| Order::Price {
                product: bodies::product(number),
                price,
            });
            let many: Vec<Order> = many.collect();
            self.cloud.office(tenant, &many);
        }
        if self.happens(Fault::SlowWriter) {
            // The lock is held from the first row to the commit; pushes wait behind it, readers do not.
            let held = 1_000 + self.span(Fault::SlowWriter, 59_000);
            self.cloud.locked_until = self.cloud.locked_until.max(self.now + held);
            let price = 100 + self.span(Fault::SlowWriter, 900).cast_signed();
            let orders = Self::articles().map(|product| Order::Price { product, price });
            let orders = orders.collect();
            self.due(held, Due::Commits { tenant, orders });
        }
    }

    /// Head office deletes an article that is on the counter.
    pub(super) fn delete_and_sell(&mut self, at: usize, product: Uuid) {
        let tenant = self.machines[at].who.tenant;
        self.cloud.office(tenant, &[Order::Delete { product }]);
        self.sell(at, product);
    }

    /// What a revoked till has recorded comes in by hand: only the revocation is waived.
    pub(in crate::world) fn salvage(&mut self, at: usize) {
        if self.cloud.down_until > self.now {
            return self.due(300_000, Due::Salvage { at });
        }
        let till = self.machines[at].who.till;
        let Some(mut key) = self.cloud.keys.get(&till).copied() else {
            return;
        };
        key.revoked = false;
        loop {
            let heads = self.cloud.heads_of(&key, self.now);
            let before = self.cloud.of(till).log.len();
            let machine = &self.machines[at];
            let stretches = machine.disk.beyond(&heads, LINE.max_ops);
            let Ok(Some(request)) = cut_batch(machine, &stretches, LINE) else {
                break;
            };
            let batch = self.new_key();
            self.cloud
                .push(batch, &request, &key, &self.facts, &mut self.tally);
            self.tally.saw(Goal::Salvaged);
            if self.cloud.of(till).log.len() == before {
                // What contradicts the record lies aside now.
                break;
            }
        }
    }

    /// Another version of the program says that nobody has the parent of these ops any more.
    pub(in crate::world) fn declare_hole(&mut self, at: usize, torn: Torn) {
        let machine = &self.machines[at];
        let Some(segment) = machine.disk.segment(torn.segment) else {
            return;
        };
        let Some(key) = self.cloud.keys.get(&machine.who.till).copied() else {
            return;
        };
        let dead = standing(machine, self.now).is_some() || self.cloud.down_until > self.now;
        if dead || key.revoked || torn.from != segment.first_seq || segment.parent.is_none() {
            return;
        }
        let stretch = segment.stretch();
        let cut = cut_batch(machine, &[stretch], LINE);
        let Ok(Some(PushRequest { mut runs, .. })) = cut else {
            return;
        };
        for run in &mut runs {
            run.orphan = true;
        }
        let request = PushRequest {
            proto: protocol::wire::PROTO,
            sender: machine.who.till,
            host_epoch: None,
            runs,
        };
        let batch = self.new_key();
        let aside = self.cloud.of(key.till).quarantine.len();
        self.cloud
            .push(batch, &request, &key, &self.facts, &mut self.tally);
        if self.cloud.of(key.till).quarantine.len() > aside {
            self.tally.saw(Goal::Hole);
        }
    }
}
