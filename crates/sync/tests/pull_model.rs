//! Whatever changes while a till pages, and wherever it is cut: it misses no row, and sells by whole snapshots alone.

use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError};
use protocol::pull::{PullAnswer, PullRow, PullScope, SnapshotPart};
use serde_json::value::to_raw_value;
use sync::pull::{PartKept, PullEffect, PullEvent, StageDone};
use sync::{Puller, PullerConfig};
use uuid::Uuid;

/// Rows of one page: small, so that a handful of rows has many boundaries.
const PAGE: usize = 2;
/// Parts of a snapshot.
const PARTS: u64 = 3;

type Rows = BTreeMap<u8, u64>;

/// The cloud: every row in its latest version, tombstones too.
#[derive(Debug, Clone, Default)]
struct Cloud {
    epoch: u64,
    clock: u64,
    rows: BTreeMap<u8, (u64, bool)>,
}

impl Cloud {
    fn write(&mut self, id: u8, alive: bool) {
        self.clock += 1;
        self.rows.insert(id, (self.clock, alive));
    }

    /// What a till that holds everything holds.
    fn state(&self) -> Rows {
        let alive = self.rows.iter().filter(|(_, (_, alive))| *alive);
        alive.map(|(id, (rv, _))| (*id, *rv)).collect()
    }

    /// A page, and the state it is of.
    fn page(&self, cursor: Option<&str>) -> Result<PullAnswer, CallFailure> {
        let after = match cursor.map(|text| text.split_once(':').expect("a cursor of ours")) {
            None => 0,
            Some((epoch, _)) if epoch != self.epoch.to_string() => return Err(refused()),
            Some((_, rv)) => rv.parse().expect("a version"),
        };
        let mut news: Vec<(u64, u8, bool)> = self
            .rows
            .iter()
            .map(|(id, (rv, alive))| (*rv, *id, *alive))
            .filter(|(rv, _, _)| *rv > after)
            .collect();
        news.sort_unstable();
        let more = news.len() > PAGE;
        news.truncate(PAGE);
        let reached = if more { news[PAGE - 1].0 } else { self.clock };
        Ok(PullAnswer {
            cloud_epoch: Uuid::from_u128(u128::from(self.epoch)),
            server_time_ms: 0,
            rows: news.into_iter().map(row).collect(),
            next: format!("{}:{reached}", self.epoch),
            more,
            watermark: self.clock,
            included: Vec::new(),
        })
    }
}

fn row((rv, id, alive): (u64, u8, bool)) -> PullRow {
    PullRow {
        rv,
        entity: "product".to_owned(),
        id: id.to_string(),
        deleted: !alive,
        data: alive.then(|| to_raw_value(&rv).expect("JSON")),
    }
}

fn refused() -> CallFailure {
    CallFailure::Refused {
        error: ApiError::new(ApiCode::CursorReset, "begin again"),
        retry_after_ms: None,
    }
}

fn lost() -> CallFailure {
    CallFailure::Path {
        words: "cut".to_owned(),
        retry_after_ms: None,
    }
}

/// What lies on the till's disk of one scope.
#[derive(Debug, Clone, Default)]
struct Shelf {
    cursor: Option<String>,
    staged: BTreeMap<u8, Option<u64>>,
    sweep: bool,
    published: Rows,
    /// What the cloud held when the last page was taken: what a publish must be.
    of: Rows,
    /// The snapshot's parts, and the cloud as it was when the first of them was made.
    parts: u64,
    snapshot: Option<Cloud>,
}

/// A till and its cloud.
struct World {
    cloud: Cloud,
    puller: Puller,
    shelves: BTreeMap<PullScope, Shelf>,
    now: u64,
    publishes: usize,
}

impl World {
    fn new() -> Self {
        let shelves = PullScope::ALL.map(|scope| (scope, Shelf::default())).into();
        let mut world = Self {
            cloud: Cloud::default(),
            puller: Puller::new(PullerConfig::default()),
            shelves,
            now: 0,
            publishes: 0,
        };
        world.restart();
        world
    }

    /// The program ends anywhere and starts again from what lies on disk.
    fn restart(&mut self) {
        let catalogue = &self.shelves[&PullScope::Catalogue];
        self.puller = Puller::new(PullerConfig {
            seed: self.now,
            first_catalogue: catalogue.cursor.is_none(),
        });
        self.puller
            .step(self.now, PullEvent::Started, &mut Vec::new());
    }

    /// One turn with all that follows; `cut_after` steps later the program is killed, before the next one is done.
    fn turn(&mut self, is_lost: bool, cut_after: Option<usize>) {
        // A person who waits no longer ends any wait.
        self.now += 1;
        let mut events = vec![PullEvent::PullNow, PullEvent::Turn];
        events.reverse();
        let mut steps = 0;
        while let Some(event) = events.pop() {
            let mut effects = Vec::new();
            self.puller.step(self.now, event, &mut effects);
            for effect in effects {
                if effect.is_call() && cut_after == Some(steps) {
                    return self.restart();
                }
                steps += usize::from(effect.is_call());
                events.extend(self.done(effect, is_lost));
            }
        }
    }

    fn done(&mut self, effect: PullEffect, is_lost: bool) -> Option<PullEvent> {
        Some(match effect {
            PullEffect::SendPull { call, scope } => {
                let shelf = self.shelves.get_mut(&scope).expect("a shelf");
                let page = self.cloud.page(shelf.cursor.as_deref());
                shelf.of = self.cloud.state();
                let result = if is_lost { Err(lost()) } else { page };
                PullEvent::PageCame { call, result }
            }
            PullEffect::Stage { call, scope, page } => {
                let shelf = self.shelves.get_mut(&scope).expect("a shelf");
                for row in &page.rows {
                    let id = row.id.parse().expect("an id");
                    shelf.staged.insert(id, (!row.deleted).then_some(row.rv));
                }
                shelf.cursor = Some(page.next);
                PullEvent::Staged {
                    call,
                    result: Ok(StageDone::Kept),
                }
            }
            PullEffect::Publish { call, scope } => {
                self.publish(scope);
                PullEvent::Published {
                    call,
                    result: Ok(()),
                }
            }
            PullEffect::SendSnapshot { call } => {
                let shelf = self
                    .shelves
                    .get_mut(&PullScope::Catalogue)
                    .expect("a shelf");
                let made = shelf.snapshot.get_or_insert_with(|| self.cloud.clone());
                let gone = made.epoch != self.cloud.epoch;
                let result = match (is_lost, gone) {
                    (true, _) => Err(lost()),
                    (_, true) => Err(refused()),
                    _ => Ok(SnapshotPart {
                        etag: "e".to_owned(),
                        total: PARTS,
                        from: shelf.parts,
                        bytes: vec![0],
                    }),
                };
                PullEvent::PartCame { call, result }
            }
            PullEffect::KeepPart { call, .. } => {
                let shelf = self
                    .shelves
                    .get_mut(&PullScope::Catalogue)
                    .expect("a shelf");
                shelf.parts = PARTS.min(shelf.parts + 1);
                let kept = PartKept {
                    held: shelf.parts,
                    total: PARTS,
                };
                PullEvent::PartKept {
                    call,
                    result: Ok(kept),
                }
            }
            PullEffect::PublishSnapshot { call } => {
                self.publish_snapshot();
                PullEvent::Published {
                    call,
                    result: Ok(()),
                }
            }
            PullEffect::BeginAgain { call, scope } => {
                let shelf = self.shelves.get_mut(&scope).expect("a shelf");
                (shelf.cursor, shelf.sweep) = (None, true);
                shelf.staged.clear();
                (shelf.parts, shelf.snapshot) = (0, None);
                PullEvent::BegunAgain {
                    call,
                    result: Ok(()),
                }
            }
            PullEffect::SetTimer { .. } | PullEffect::Emit(_) => return None,
        })
    }

    fn publish(&mut self, scope: PullScope) {
        let shelf = self.shelves.get_mut(&scope).expect("a shelf");
        if std::mem::take(&mut shelf.sweep) {
            shelf.published.clear();
        }
        for (id, rv) in std::mem::take(&mut shelf.staged) {
            match rv {
                Some(rv) => shelf.published.insert(id, rv),
                None => shelf.published.remove(&id),
            };
        }
        assert_eq!(
            shelf.published, shelf.of,
            "{scope:?}: one snapshot, whole, and no row missing"
        );
        self.publishes += 1;
    }

    fn publish_snapshot(&mut self) {
        let shelf = self
            .shelves
            .get_mut(&PullScope::Catalogue)
            .expect("a shelf");
        let made = shelf.snapshot.take().expect("it was fetched");
        shelf.published = made.state();
        shelf.cursor = Some(format!("{}:{}", made.epoch, made.clock));
        shelf.staged.clear();
        (shelf.parts, shelf.sweep) = (0, false);
    }
}

/// What may happen.
#[derive(Debug, Clone)]
enum Step {
    Write(u8, bool),
    Turn {
        is_lost: bool,
        cut_after: Option<usize>,
    },
    Restart,
    /// The cloud is put back: another epoch, versions far ahead, some rows never were.
    PutBack(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..9_u8, prop::bool::weighted(0.8)).prop_map(|(id, alive)| Step::Write(id, alive)),
        12 => (prop::bool::weighted(0.2), prop::option::weighted(0.3, 0..4_usize))
            .prop_map(|(is_lost, cut_after)| Step::Turn { is_lost, cut_after }),
        1 => Just(Step::Restart),
        1 => (0..9_u8).prop_map(Step::PutBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_committed_row_is_missed_and_what_is_published_is_one_snapshot(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut world = World::new();
        for step in steps {
            match step {
                Step::Write(id, alive) => world.cloud.write(id, alive),
                Step::Turn { is_lost, cut_after } => world.turn(is_lost, cut_after),
                Step::Restart => world.restart(),
                Step::PutBack(id) => {
                    world.cloud.epoch += 1;
                    world.cloud.clock += 1 << 32;
                    world.cloud.rows.remove(&id);
                }
            }
        }
        // The line heals and nothing changes any more: soon the till holds what the cloud does.
        for _ in 0..60 {
            world.turn(false, None);
        }
        let state = world.cloud.state();
        for (scope, shelf) in &world.shelves {
            prop_assert_eq!(&shelf.published, &state, "{:?} after the line healed", scope);
        }
        prop_assert!(world.publishes > 0, "something was published");
    }
}
