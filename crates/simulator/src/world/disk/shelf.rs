//! The catalogue's file: what was fetched, page by page, and what the till sells by.
//!
//! As the vault keeps it: pages are staged with their cursor in one transaction, published in one transaction, and
//! how much of each stream the cloud's stock contains is published with it.

use std::collections::BTreeMap;

use protocol::ids::SegmentId;
use protocol::pull::{PullAnswer, PullScope};
use uuid::Uuid;

use crate::world::cloud::{Bottle, mixed};

/// One row's version and figures.
pub(in crate::world) type Level = (u64, Vec<i64>);

/// One scope.
#[derive(Debug, Clone, Default)]
pub(in crate::world) struct Rows {
    pub cursor: Option<String>,
    staged: BTreeMap<Uuid, (u64, Option<Vec<i64>>)>,
    sweep: bool,
    pub published: BTreeMap<Uuid, Level>,
    /// Of what is published: the same figure as the cloud's of the same rows.
    digest: u128,
    /// The cloud's figure when it gave the last page; the world's knowledge, not the till's.
    of: Option<u128>,
    /// A round is under way, and from which watermark on.
    pub paging: Option<u64>,
    staged_at: (Option<Uuid>, u64),
    /// Epoch and watermark of what is published.
    pub seen: (Option<Uuid>, u64),
}

/// The file.
#[derive(Debug, Clone, Default)]
pub(in crate::world) struct Shelf {
    scopes: [Rows; 4],
    staged_included: BTreeMap<SegmentId, u64>,
    /// How far each segment is in the published stock.
    pub included: BTreeMap<SegmentId, u64>,
    /// Parts of a snapshot that are here, and of which.
    pub parts: Option<(u64, u64)>,
}

impl Rows {
    /// The figure of what is published.
    pub fn digest(&self) -> u128 {
        self.digest
    }
}

impl Shelf {
    pub fn scope(&self, scope: PullScope) -> &Rows {
        &self.scopes[scope as usize]
    }

    pub fn scope_mut(&mut self, scope: PullScope) -> &mut Rows {
        &mut self.scopes[scope as usize]
    }

    /// Whether the page was for another cursor than the one that lies here now.
    pub fn stage(
        &mut self,
        scope: PullScope,
        asked: Option<&str>,
        page: &PullAnswer,
        of: Option<u128>,
    ) -> bool {
        let rows = self.scope_mut(scope);
        if rows.cursor.as_deref() != asked {
            return false;
        }
        for row in &page.rows {
            let id: Uuid = row.id.parse().unwrap_or_default();
            let data = row.data.as_ref().filter(|_| !row.deleted);
            let data = data.and_then(|data| serde_json::from_str(data.get()).ok());
            let staged = rows.staged.entry(id).or_insert((0, None));
            if row.rv >= staged.0 {
                *staged = (row.rv, data);
            }
        }
        rows.cursor = Some(page.next.clone());
        rows.of = of;
        rows.staged_at = (Some(page.cloud_epoch), page.watermark);
        rows.paging = page.more.then_some(page.watermark);
        if scope == PullScope::Stock {
            let told = page.included.iter().map(|one| (one.segment, one.seq));
            self.staged_included.extend(told);
        }
        true
    }

    /// Publishes a scope, whole.
    pub fn publish(&mut self, scope: PullScope) {
        let rows = &mut self.scopes[scope as usize];
        if std::mem::take(&mut rows.sweep) {
            rows.published.clear();
            rows.digest = 0;
            if scope == PullScope::Stock {
                self.included.clear();
            }
        }
        for (id, (rv, data)) in std::mem::take(&mut rows.staged) {
            let before = match data {
                Some(data) => {
                    rows.digest ^= mixed(id, rv);
                    rows.published.insert(id, (rv, data))
                }
                None => rows.published.remove(&id),
            };
            if let Some((rv, _)) = before {
                rows.digest ^= mixed(id, rv);
            }
        }
        rows.seen = rows.staged_at;
        if let Some(of) = rows.of {
            assert_eq!(
                rows.digest, of,
                "{scope:?}: what is published is one snapshot of the cloud, whole, and no row of it is missing"
            );
        }
        if scope == PullScope::Stock {
            self.included.append(&mut self.staged_included);
        }
    }

    /// Takes a snapshot of the catalogue over.
    pub fn take(&mut self, bottle: &Bottle) {
        let rows = self.scope_mut(PullScope::Catalogue);
        rows.published.clone_from(&bottle.rows);
        rows.digest = bottle.digest;
        rows.cursor = Some(bottle.cursor.clone());
        rows.staged.clear();
        rows.sweep = false;
        rows.paging = None;
        rows.seen = (Some(bottle.epoch), bottle.watermark);
        self.parts = None;
    }

    /// A scope begins again; what is published stays until the next publish.
    pub fn begin_again(&mut self, scope: PullScope) {
        let rows = self.scope_mut(scope);
        rows.cursor = None;
        rows.staged.clear();
        rows.sweep = true;
        rows.paging = None;
        if scope == PullScope::Stock {
            self.staged_included.clear();
        }
        if scope == PullScope::Catalogue {
            self.parts = None;
        }
    }
}
