//! The world: who is there, what is under way, and what happens next.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::cloud::CallFailure;
use sync::backoff::SplitMix64;
use uuid::Uuid;

use super::cloud::{CloudSide, Order};
use super::dice::Dice;
use super::facts::{Fact, Facts, What};
use super::names::{Fault, Tally};
use super::network::{Call, Reply};
use super::process::{Heard, Machine, Snapshot, Who};
use super::run::Options;

/// More events than any world has: an engine that spins is stopped here.
const MOST_EVENTS: u64 = 20_000_000;

/// Something that will happen.
pub(super) enum Due {
    /// An engine hears something.
    Engine {
        at: usize,
        life: u32,
        second: bool,
        heard: Box<Heard>,
    },
    /// A request arrives; somebody waits for the reply, which travels so long, or nobody does.
    Arrives(Box<(Call, Option<u64>)>),
    /// What comes back, or does not.
    Returns(Box<(Call, Result<Reply, CallFailure>)>),
    /// A running machine is resumed from a snapshot.
    Thaw { at: usize, old: Box<Snapshot> },
    /// A running machine is copied with its memory.
    Doubles { at: usize },
    /// A person starts the program again, unless it was started meanwhile.
    Restart { at: usize, life: u32 },
    /// The other version of the program is put back.
    OtherVersion { at: usize },
    /// What was doomed is lost.
    FallBack,
    /// Head office's writer commits.
    Commits { tenant: Uuid, orders: Vec<Order> },
    /// The cloud's newer program starts.
    Upgrade,
    /// What a revoked till recorded is brought in by hand.
    Salvage { at: usize },
    /// A till enrols, or enrols again.
    Enrols { at: usize },
    /// The shop sells here again.
    Opens { at: usize },
    /// A person lets the sending go on.
    Resumes { at: usize },
    /// A minute of the world.
    Minute,
}

/// Everything.
pub(super) struct Scene {
    pub seed: u64,
    pub now: u64,
    pub dice: Dice,
    pub tally: Tally,
    pub machines: Vec<Machine>,
    pub cloud: CloudSide,
    /// Nothing goes wrong any more.
    pub calm: bool,
    pub facts: Facts,
    /// Ops that were recorded.
    pub ops: u64,
    pub events: u64,
    pub words: Option<Vec<String>>,
    /// Tills let go of what is secured.
    pub compacts: bool,
    /// Ops that were let go.
    pub let_go: u64,
    /// What head office does.
    pub office: SplitMix64,
    seeds: SplitMix64,
    hash: [u64; 4],
    queue: BTreeMap<(u64, u64), Due>,
    order: u64,
}

impl Scene {
    pub fn new(seed: u64, options: &Options, tell: bool) -> Self {
        let mut random = SplitMix64::new(seed);
        let tills = u8::try_from(1 + random.up_to(2)).unwrap_or(1);
        let two_tenants = random.up_to(2) == 0;
        let page_rows = usize::try_from(2 + random.up_to(6)).unwrap_or(2);
        let mut scene = Self {
            seed,
            now: 0,
            dice: Dice::draw(seed, options),
            tally: Tally::default(),
            machines: Vec::new(),
            cloud: CloudSide::new(page_rows),
            calm: false,
            facts: Facts::new(),
            ops: 0,
            events: 0,
            words: tell.then(Vec::new),
            compacts: random.up_to(1) == 0,
            let_go: 0,
            office: SplitMix64::new(seed ^ 0x0ff1_ce00),
            seeds: SplitMix64::new(seed ^ 0x5eed),
            hash: [1, 2, 3, 4],
            queue: BTreeMap::new(),
            order: 0,
        };
        scene.open_shop(0);
        scene.open_shop(1);
        scene.cloud.copy(0);
        for number in 1..=tills {
            scene.join(Arc::new(Who::new(0, number)));
        }
        if two_tenants {
            scene.join(Arc::new(Who::new(1, 100)));
        }
        scene.due(60_000, Due::Minute);
        scene
    }

    /// Another machine with a credential of its own.
    pub fn join(&mut self, who: Arc<Who>) {
        self.cloud.keys.insert(who.till, who.till_key());
        self.machines.push(Machine::new(
            u8::try_from(self.machines.len() + 1).unwrap_or(u8::MAX),
            who,
            self.seed,
        ));
        self.start(self.machines.len() - 1);
    }

    /// Says something for the history, if anybody listens.
    pub fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(history) = &mut self.words {
            let (minute, ms) = (self.now / 60_000, self.now % 60_000);
            let (hours, minutes) = (minute / 60, minute % 60);
            let (seconds, ms) = (ms / 1_000, ms % 1_000);
            history.push(format!(
                "{hours:02}:{minutes:02}:{seconds:02}.{ms:03} {}",
                words()
            ));
        }
    }

    /// Whether a fault happens on this occasion; counted and told if so.
    pub fn happens(&mut self, fault: Fault) -> bool {
        let happens = self.dice.happens(fault);
        if happens {
            self.tally.met(fault);
            self.say(|| format!("-- {fault}"));
        }
        happens
    }

    /// The fault's own randomness: a span of milliseconds up to this.
    pub fn span(&mut self, fault: Fault, most: u64) -> u64 {
        self.dice.of(fault).up_to(most)
    }

    pub fn new_seed(&mut self) -> u64 {
        self.seeds.next_u64()
    }

    /// A key for a batch that was just cut.
    pub fn new_key(&mut self) -> Uuid {
        self.order += 1;
        Uuid::from_u128((0xBA << 96) + u128::from(self.order))
    }

    pub fn digest(&self) -> [u8; 32] {
        let mut digest = [0; 32];
        for (bytes, lane) in digest.chunks_exact_mut(8).zip(self.hash) {
            bytes.copy_from_slice(&lane.to_be_bytes());
        }
        let heads = self
            .cloud
            .tenants
            .values()
            .flat_map(|tables| tables.heads.values());
        for (head, _) in heads {
            for (byte, mine) in digest.iter_mut().zip(head.chain.as_bytes()) {
                *byte ^= mine;
            }
        }
        digest
    }

    /// Adds to the history's hash: who heard what, when, and how the cloud stood.
    pub fn note(&mut self, at: usize, what: u8) {
        let versions = self.cloud.tenants.values().map(|tables| tables.rv);
        let stands = versions.fold(0_u64, |sum, rv| sum.rotate_left(7) ^ rv);
        let words = [self.now, at as u64, u64::from(what), stands];
        for (lane, word) in self.hash.iter_mut().zip(words) {
            *lane = (*lane ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29);
        }
        self.hash.rotate_left(1);
        self.hash[0] ^= self.hash[3];
    }

    /// Which ops the cloud holds, decisions aside: whether one is taken depends on when its conflict was seen.
    pub fn content(&self) -> u128 {
        let ops = self
            .cloud
            .tenants
            .values()
            .flat_map(|tables| tables.first.keys());
        let decides = |op_id: &Uuid| {
            matches!(
                self.facts.get(op_id),
                Some(Fact {
                    what: What::Settle { .. },
                    ..
                })
            )
        };
        let ops = ops.filter(|op_id| !decides(op_id));
        ops.fold(0, |sum, op_id| sum ^ super::cloud::mixed(*op_id, 1))
    }

    /// Something happens after so many milliseconds.
    pub fn due(&mut self, after: u64, due: Due) {
        self.order += 1;
        self.queue.insert((self.now + after, self.order), due);
    }

    /// What will happen, and when.
    pub fn waiting(&self) -> impl Iterator<Item = (u64, &Due)> {
        self.queue.iter().map(|((when, _), due)| (*when, due))
    }

    /// Runs up to a moment of the world.
    pub fn run_until(&mut self, end: u64) {
        while let Some(entry) = self.queue.first_entry() {
            let when = entry.key().0;
            if when > end {
                break;
            }
            let due = entry.remove();
            self.now = when;
            self.happen(due);
        }
        self.now = end;
    }

    fn happen(&mut self, due: Due) {
        self.events += 1;
        assert!(self.events < MOST_EVENTS, "nothing spins");
        match due {
            Due::Minute => {
                self.minute();
                self.due(60_000, Due::Minute);
            }
            Due::Engine {
                at,
                life,
                second,
                heard,
            } => {
                if self.machines[at].life == life {
                    self.hear(at, *heard, second);
                }
            }
            Due::Arrives(arriving) => self.arrives(arriving.0, arriving.1),
            Due::Returns(returning) => self.returns(returning.0, returning.1),
            Due::Restart { at, life } => {
                if self.machines[at].life == life {
                    self.start(at);
                }
            }
            Due::Enrols { at } => self.enrols(at),
            Due::Opens { at } => self.machines[at].open = true,
            Due::Resumes { at } => self.tell(at, sync::till::Event::Resumed),
            Due::Upgrade => self.upgrade(),
            Due::Salvage { at } => self.salvage(at),
            Due::Commits { tenant, orders } => self.cloud.office(tenant, &orders),
            Due::Thaw { .. } | Due::FallBack | Due::OtherVersion { .. } | Due::Doubles { .. }
                if self.calm => {}
            Due::Doubles { at } => self.clone_live(at),
            Due::Thaw { at, old } => self.thaw(at, *old),
            Due::FallBack => self.fall_back(),
            Due::OtherVersion { at } => {
                self.machines[at].other_version = false;
                self.start(at);
            }
        }
    }
}
