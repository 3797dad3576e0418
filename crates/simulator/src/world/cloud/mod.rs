//! The cloud: its tenants, its credentials, its epoch, its copies.

mod load;
mod office;
mod pages;
mod rows;
mod serve;
mod tables;
mod upgrade;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sync::ingest::TillKey;
use uuid::Uuid;

pub(super) use office::Order;
pub(super) use pages::{Bottle, Told};
pub(super) use rows::mixed;
pub(super) use tables::Tables;

/// A copy counts as one that lasts when it is so old, milliseconds: what is secured is read from the oldest of these.
const LASTS_AFTER_MS: u64 = 3_600_000;

/// Everything of every tenant, as it was.
type AllTables = BTreeMap<Uuid, Tables>;

/// A state that the cloud will fall back to.
pub(super) struct Doomed {
    pub silently: bool,
    tables: AllTables,
}

/// One cloud.
pub(super) struct CloudSide {
    pub tenants: AllTables,
    /// Who may speak, and for whom.
    pub keys: BTreeMap<Uuid, TillKey>,
    /// Codes that were used, and by whom.
    pub codes: BTreeMap<u64, Uuid>,
    epoch: u128,
    /// It has gone back in time and does not know it yet.
    pub rewound: bool,
    copies: VecDeque<(u64, AllTables)>,
    pub doomed: Option<Doomed>,
    pub down_until: u64,
    pub pool_until: u64,
    /// A writer of head office holds the tenants' locks until then.
    pub locked_until: u64,
    /// Ops whose effects the database refuses.
    pub poisons: BTreeSet<Uuid>,
    /// Types that this cloud is too old for.
    pub unknown: BTreeSet<String>,
    bottles: BTreeMap<Uuid, Bottle>,
    etags: u64,
    /// Rows of one page.
    pub page_rows: usize,
}

impl CloudSide {
    pub fn new(page_rows: usize) -> Self {
        Self {
            tenants: AllTables::new(),
            keys: BTreeMap::new(),
            codes: BTreeMap::new(),
            epoch: 1,
            rewound: false,
            copies: VecDeque::new(),
            doomed: None,
            down_until: 0,
            pool_until: 0,
            locked_until: 0,
            poisons: BTreeSet::new(),
            unknown: BTreeSet::new(),
            bottles: BTreeMap::new(),
            etags: 0,
            page_rows,
        }
    }

    pub fn epoch(&self) -> Uuid {
        Uuid::from_u128(self.epoch)
    }

    /// The tables of a till's tenant.
    pub fn of(&self, till: Uuid) -> &Tables {
        &self.tenants[&self.keys[&till].tenant]
    }

    pub fn of_mut(&mut self, tenant: Uuid) -> &mut Tables {
        self.tenants.entry(tenant).or_default()
    }

    /// A backup is taken; two are kept.
    pub fn copy(&mut self, now: u64) {
        self.copies.push_back((now, self.tenants.clone()));
        if self.copies.len() > 2 {
            self.copies.pop_front();
        }
    }

    /// Put back from a backup, under a new epoch.
    pub fn restore(&mut self, which: u64) {
        let at = usize::try_from(which).unwrap_or(0) % self.copies.len();
        self.tenants = self.copies[at].1.clone();
        // What was copied later is a copy of a life that is gone.
        self.copies.truncate(at + 1);
        self.begin_epoch();
    }

    /// From now on every commit will be lost.
    pub fn doom(&mut self, silently: bool) {
        self.doomed = Some(Doomed {
            silently,
            tables: self.tenants.clone(),
        });
    }

    /// What was doomed is lost.
    pub fn fall_back(&mut self) {
        let Some(doomed) = self.doomed.take() else {
            return;
        };
        let lost = doomed
            .tables
            .iter()
            .any(|(id, old)| self.tenants.get(id).is_none_or(|now| now.rv != old.rv));
        self.tenants = doomed.tables;
        if doomed.silently {
            self.rewound |= lost;
        } else {
            self.begin_epoch();
        }
    }

    /// Another life of this cloud: versions jump, so that none is told twice.
    pub fn begin_epoch(&mut self) {
        self.epoch += 1;
        self.rewound = false;
        self.doomed = None;
        self.bottles.clear();
        for tables in self.tenants.values_mut() {
            tables.rv += 1 << 32;
        }
    }

    /// Up to where a segment lies inside the oldest backup that lasts.
    fn secured(&self, tenant: Uuid, segment: &protocol::SegmentId, now: u64) -> u64 {
        let lasts = self
            .copies
            .front()
            .filter(|(at, _)| at + LASTS_AFTER_MS <= now);
        let copied = lasts.and_then(|(_, copy)| copy.get(&tenant)?.heads.get(segment));
        copied.map_or(0, |(head, _)| head.seq)
    }
}
