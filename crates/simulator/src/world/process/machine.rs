//! One machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use protocol::error::ApiCode;
use protocol::ids::{ChainHash, SegmentId};
use protocol::op::TillIdentity;
use protocol::pull::PullScope;
use sync::backoff::SplitMix64;
use sync::ingest::TillKey;
use sync::till::{SyncKind, TillSync, TillSyncConfig};
use sync::{Puller, PullerConfig};
use uuid::Uuid;

use crate::world::clock::Clock;
use crate::world::cloud::Bottle;
use crate::world::disk::Disk;
use crate::world::facts::What;

/// Who a till is: what its key store holds.
#[derive(Debug)]
pub(in crate::world) struct Who {
    pub identity: TillIdentity,
    pub till: Uuid,
    pub tenant: Uuid,
    pub key: SigningKey,
}

impl Who {
    /// The so-manieth till of a business.
    pub fn new(tenant: u128, number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number; 32]);
        let till = Uuid::from_u128((3 << 64) + u128::from(number));
        let tenant = Uuid::from_u128((1 << 64) + tenant);
        let identity = TillIdentity {
            tenant,
            branch: Uuid::from_u128(2 << 64),
            till,
            genesis_tenant: Uuid::from_u128(4 << 64),
            genesis_branch: Uuid::from_u128(5 << 64),
            public_key: key.verifying_key().to_bytes(),
        };
        Self {
            identity,
            till,
            tenant,
            key,
        }
    }

    pub fn genesis(&self) -> ChainHash {
        self.identity.genesis()
    }

    /// Its credential, as the cloud keeps it.
    pub fn till_key(&self) -> TillKey {
        let identity = &self.identity;
        TillKey {
            tenant: identity.tenant,
            branch: identity.branch,
            till: identity.till,
            genesis_tenant: identity.genesis_tenant,
            genesis_branch: identity.genesis_branch,
            public_key: identity.public_key,
            revoked: false,
        }
    }
}

/// A cart whose payment the cashier began, under the ids that it was opened with.
#[derive(Debug, Clone)]
pub(in crate::world) struct Draft {
    pub op_id: Uuid,
    pub what: What,
    /// Whether the last attempt ended in a crash.
    pub crashed: bool,
}

/// One machine.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact about the machine; together they are no state machine"
)]
pub(in crate::world) struct Machine {
    pub who: Arc<Who>,
    pub disk: Disk,
    pub engine: TillSync,
    pub puller: Puller,
    /// Another instance of the program that sends from the same disk.
    pub second: Option<TillSync>,
    /// Counts starts: what was meant for an earlier one is nobody's.
    pub life: u32,
    /// What the sending engine shows.
    pub kind: SyncKind,
    /// The page that came: for which cursor, and the cloud's figure of it.
    pub page: Option<(PullScope, Option<String>, Option<u128>)>,
    pub bottle: Option<Box<Bottle>>,
    /// A copy of the disk in a cupboard.
    pub backup: Option<Disk>,
    pub draft: Option<Draft>,
    pub clock: Clock,
    /// Nothing of this machine moves before then.
    pub frozen_until: u64,
    /// The line is dead until then.
    pub cut_off_until: u64,
    /// Requests arrive, answers do not, until then.
    pub deaf_until: u64,
    pub portal_until: u64,
    pub tls_until: u64,
    pub read_only_until: u64,
    pub slow_disk_until: u64,
    pub paused_until: u64,
    /// The cloud refuses this till until then, with this word.
    pub refused: Option<(u64, ApiCode)>,
    /// How many segments this machine has begun: no two are alike.
    pub starts: u32,
    /// Which machine it is; a clone has a number of its own.
    pub number: u8,
    /// The shop sells here.
    pub open: bool,
    /// Another version of the program runs.
    pub other_version: bool,
    /// Its disk and memory were never copied, put back or lost: its own ops are all that it made.
    pub straight: bool,
    /// Its next push goes under another business's credential.
    pub stranger: bool,
    /// Ids minted here, by kind.
    pub minted: BTreeMap<u8, u64>,
    /// What the people at this till do.
    pub people: SplitMix64,
}

impl Machine {
    pub fn new(number: u8, who: Arc<Who>, seed: u64) -> Self {
        Self {
            who,
            disk: Disk::default(),
            engine: TillSync::new(TillSyncConfig::default()),
            puller: Puller::new(PullerConfig::default()),
            second: None,
            life: 0,
            kind: SyncKind::Paused,
            page: None,
            bottle: None,
            backup: None,
            draft: None,
            clock: Clock::default(),
            frozen_until: 0,
            cut_off_until: 0,
            deaf_until: 0,
            portal_until: 0,
            tls_until: 0,
            read_only_until: 0,
            slow_disk_until: 0,
            paused_until: 0,
            refused: None,
            starts: 0,
            number,
            open: true,
            other_version: false,
            straight: true,
            stranger: false,
            minted: BTreeMap::new(),
            people: SplitMix64::new(seed ^ (u64::from(number) << 40)),
        }
    }

    /// A segment id that no other start of any machine ever takes: randomness, made countable.
    pub fn fresh_segment(&mut self) -> SegmentId {
        self.starts += 1;
        let mut id = [self.number; 16];
        id[..4].copy_from_slice(&self.starts.to_be_bytes());
        SegmentId(id)
    }

    /// Engines that know what the disk kept.
    pub fn new_engines(&mut self, seed: u64) {
        self.engine = TillSync::new(TillSyncConfig {
            seed,
            cloud_epoch_seen: self.disk.epoch,
        });
        let catalogue = self.disk.shelf.scope(PullScope::Catalogue);
        self.puller = Puller::new(PullerConfig {
            seed,
            first_catalogue: catalogue.cursor.is_none(),
        });
        self.second = None;
        (self.page, self.bottle) = (None, None);
    }

    /// The same disk, key and memory in another machine.
    pub fn twin(&self, number: u8, seed: u64) -> Self {
        let mut twin = Self::new(number, Arc::clone(&self.who), seed);
        twin.disk = self.disk.clone();
        twin.engine = self.engine.clone();
        twin.puller = self.puller.clone();
        twin.kind = self.kind;
        twin.page.clone_from(&self.page);
        twin.bottle.clone_from(&self.bottle);
        twin.clock = self.clock.clone();
        twin.cut_off_until = self.cut_off_until;
        twin.straight = false;
        twin
    }

    /// The line and the disk do what they should again.
    pub fn heal(&mut self, now: u64) {
        self.frozen_until = self.frozen_until.min(now);
        self.cut_off_until = 0;
        self.deaf_until = 0;
        self.portal_until = 0;
        self.tls_until = 0;
        self.read_only_until = 0;
        self.slow_disk_until = 0;
        self.paused_until = 0;
        self.refused = None;
    }

    pub fn disk_fails(&self, now: u64) -> bool {
        self.read_only_until > now
    }

    pub fn disk_ms(&self, now: u64) -> u64 {
        if self.slow_disk_until > now {
            10_000
        } else {
            1
        }
    }
}
