//! People who do what nobody expects: the human faults.

use std::sync::Arc;

use sync::till::Event;
use uuid::Uuid;

use super::{MOST_MACHINES, PRODUCTS};
use crate::parts::bodies;
use crate::world::facts::What;
use crate::world::names::{Fault, Goal};
use crate::world::process::{Machine, Who};
use crate::world::scene::{Due, Scene};

impl Scene {
    pub(super) fn oddities(&mut self, at: usize) {
        if self.happens(Fault::Impatience) {
            self.tell(at, Event::SyncNow);
        }
        if self.happens(Fault::PausedByPerson) {
            self.tell(at, Event::Paused);
            let pause = self.span(Fault::PausedByPerson, 1_800_000);
            self.due(pause, Due::Resumes { at });
        }
        self.backlogs(at);
        self.strange_ops(at);
        self.at_two_tills(at);
        self.credentials(at);
    }

    fn backlogs(&mut self, at: usize) {
        if self.happens(Fault::Backlog) {
            let ops = 100 + self.span(Fault::Backlog, 400);
            self.sell_many(at, ops);
        }
        if self.happens(Fault::BigBacklog) {
            let huge = self.span(Fault::BigBacklog, 99) == 0;
            self.machines[at].cut_off_until = self.now + 600_000;
            self.sell_many(at, if huge { 150_000 } else { 20_000 });
            self.tally.saw(Goal::BigBacklog);
        }
    }

    /// So many sales that were made while nobody looked.
    fn sell_many(&mut self, at: usize, sales: u64) {
        for _ in 0..sales {
            let sale = self.new_sale(at);
            let product = self.article(at);
            let what = What::Sale {
                sale,
                product,
                milli: 1_000,
            };
            let draft = self.draft(at, what);
            self.put(at, draft.op_id, &draft.what, false);
        }
        self.tell(at, Event::OpVaulted);
    }

    fn strange_ops(&mut self, at: usize) {
        if self.happens(Fault::UnknownType) {
            let product = self.article(at);
            self.record(at, &What::Unknown { product });
        }
        if self.happens(Fault::PoisonOp) {
            let product = self.article(at);
            let what = What::Restock {
                product,
                milli: 1_000,
            };
            let op_id = self.record(at, &what);
            self.cloud.poisons.extend(op_id);
        }
        if self.happens(Fault::HugeOp) {
            let product = self.article(at);
            self.record_huge(at, product);
        }
        if self.happens(Fault::DeletedSold) {
            let product = self.article(at);
            self.delete_and_sell(at, product);
        }
    }

    /// Another machine of the same shop, if there is one.
    fn neighbour(&self, at: usize) -> usize {
        let tenant = self.machines[at].who.tenant;
        let others = (0..self.machines.len()).map(|step| (at + 1 + step) % self.machines.len());
        let mut others = others.filter(|other| self.machines[*other].who.tenant == tenant);
        others.next().unwrap_or(at)
    }

    fn at_two_tills(&mut self, at: usize) {
        let other = self.neighbour(at);
        if self.happens(Fault::RefundTwice) {
            let product = bodies::product(0);
            let sale = self.new_sale(at);
            let milli = 4_000;
            let what = What::Sale {
                sale,
                product,
                milli,
            };
            self.record(at, &what);
            for till in [at, other] {
                let refund = self.new_sale(till);
                let what = What::Refund {
                    refund,
                    of: sale,
                    product,
                    milli,
                };
                self.record(till, &what);
            }
        }
        if self.happens(Fault::CartPaidTwice) {
            let (sale, product) = (self.new_sale(at), self.article(at));
            for till in [at, other] {
                let what = What::Sale {
                    sale,
                    product,
                    milli: 2_000,
                };
                self.record(till, &what);
            }
        }
        if self.happens(Fault::CountInSales) {
            let product = self.article(at);
            self.sell(other, product);
            self.count(at, product);
            self.sell(other, product);
        }
        if self.happens(Fault::EditOnTwoTills) {
            let product = self.article(at);
            for till in [at, other] {
                self.price(till, product);
                self.rename(till, product);
            }
        }
        if self.happens(Fault::PriceVsSale) {
            let product = self.article(at);
            self.sell(other, product);
            self.price(at, product);
            self.sell(at, product);
        }
        if self.happens(Fault::SettledTwice)
            && let Some((conflict, version, decision)) = self.open_conflict(at)
        {
            self.settle(at, conflict, version, decision);
            self.settle(other, conflict, version, decision);
        }
    }

    fn credentials(&mut self, at: usize) {
        if self.machines.len() < MOST_MACHINES && self.happens(Fault::SameCodeTwice) {
            self.same_code_twice(at);
        }
        if self.happens(Fault::Revoked) {
            let till = self.machines[at].who.till;
            if let Some(key) = self.cloud.keys.get_mut(&till) {
                key.revoked = true;
            }
            // It is told in the middle of what it sends.
            self.tell(at, Event::SyncNow);
            let later = 1_800_000 + self.span(Fault::Revoked, 7_200_000);
            self.due(later, Due::Salvage { at });
            self.due(later + 60_000, Due::Enrols { at });
        }
        if self.happens(Fault::TenantSwitch) {
            self.switch_tenant(at);
        }
        if self.happens(Fault::WrongCredential) {
            self.machines[at].stranger = true;
            self.tell(at, Event::SyncNow);
        }
    }

    /// A new till is enrolled with a code that this till used: refused, and it sells without a cloud for a while.
    fn same_code_twice(&mut self, at: usize) {
        let code = self.seed;
        let by = self.machines[at].who.till;
        self.cloud.codes.entry(code).or_insert(by);
        let number = u8::try_from(self.machines.len() + 1).unwrap_or(u8::MAX);
        let tenant = self.machines[at].who.tenant.as_u128() & 0xff;
        let who = Arc::new(Who::new(tenant, 150 + number));
        let welcome = *self.cloud.codes.entry(code).or_insert(who.till) == who.till;
        assert!(!welcome, "a code admits one till");
        self.tally.saw(Goal::CodeRefused);
        self.machines.push(Machine::new(number, who, self.seed));
        let newest = self.machines.len() - 1;
        self.start(newest);
        let later = 600_000 + self.span(Fault::SameCodeTwice, 3_000_000);
        self.due(later, Due::Enrols { at: newest });
    }

    /// The shop goes over to another business: this vault keeps draining, another one is sold into.
    fn switch_tenant(&mut self, at: usize) {
        self.tell(at, Event::SyncNow);
        self.machines[at].open = false;
        let tenant = self.machines[at].who.tenant;
        let mut machines = self.machines.iter();
        let other = machines.position(|one| one.who.tenant != tenant);
        let later = 600_000 + self.span(Fault::TenantSwitch, 7_200_000);
        self.due(later, Due::Opens { at });
        if let Some(other) = other {
            self.machines[other].open = true;
        } else if self.machines.len() < MOST_MACHINES {
            self.join(Arc::new(Who::new(1, 100)));
        }
    }

    /// A till enrols with a fresh code and the same key.
    pub(in crate::world) fn enrols(&mut self, at: usize) {
        let who = Arc::clone(&self.machines[at].who);
        let before = self.cloud.keys.insert(who.till, who.till_key());
        if before.is_some_and(|key| key.revoked) {
            self.tally.saw(Goal::EnrolledAgain);
        }
        self.tell(at, Event::Resumed);
    }

    /// Every article that the shop may sell.
    pub(super) fn articles() -> impl Iterator<Item = Uuid> {
        (0..PRODUCTS).map(|number| bodies::product(u128::from(number)))
    }
}
