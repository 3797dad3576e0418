//! Pages of rows and the catalogue in one piece, as tills fetch them.

use std::collections::BTreeMap;

use protocol::cloud::CallFailure;
use protocol::error::ApiCode;
use protocol::pull::{Included, PullAnswer, PullScope, SnapshotPart};
use sync::ingest::TillKey;
use uuid::Uuid;

use super::CloudSide;
use super::rows::Reached;
use crate::world::disk::Level;
use crate::world::network::own;

/// Parts of a snapshot.
pub(in crate::world) const PARTS: u64 = 3;

/// The catalogue of one moment, ready to be fetched in parts.
#[derive(Debug, Clone)]
pub(in crate::world) struct Bottle {
    pub etag: u64,
    pub epoch: Uuid,
    pub watermark: u64,
    pub cursor: String,
    pub rows: BTreeMap<Uuid, Level>,
    pub digest: u128,
}

/// A page, and the figure of the rows that a till holds with it if it was the last.
pub(in crate::world) type Told = (PullAnswer, Option<u128>);

impl CloudSide {
    pub fn page(
        &self,
        key: &TillKey,
        scope: PullScope,
        cursor: Option<&str>,
    ) -> Result<Told, CallFailure> {
        let tables = &self.tenants[&key.tenant];
        let from = match cursor {
            None => None,
            Some(text) => Some(
                Reached::read(text)
                    .filter(|from| from.epoch == self.epoch)
                    .ok_or_else(reset)?,
            ),
        };
        if let Some(from) = from
            && (from.held < tables.rows.floors[scope as usize] || from.held > tables.rv)
        {
            return Err(reset());
        }
        let page = tables
            .rows
            .page(scope, from, self.page_rows, (self.epoch, tables.rv));
        let since = from.filter(|from| !from.fresh).map_or(0, |from| from.held);
        let included = if scope == PullScope::Stock {
            let news = tables.heads.iter().filter(|(_, (_, rv))| *rv > since);
            news.map(|(segment, (head, _))| Included {
                segment: *segment,
                seq: head.seq,
            })
            .collect()
        } else {
            Vec::new()
        };
        let of = (!self.rewound).then(|| tables.rows.digest(scope));
        let answer = PullAnswer {
            cloud_epoch: self.epoch(),
            server_time_ms: 1,
            rows: page.rows,
            next: page.reached.write(),
            more: page.more,
            watermark: tables.rv,
            included,
        };
        Ok((answer, of))
    }

    /// A part of the catalogue's snapshot, and the snapshot itself, for the till that has it whole.
    pub fn part(
        &mut self,
        key: &TillKey,
        held: Option<(u64, u64)>,
    ) -> Result<(SnapshotPart, Bottle), CallFailure> {
        let (etag, from) = held.map_or((None, 0), |(etag, from)| (Some(etag), from));
        let kept = self.bottles.get(&key.tenant);
        let tables = &self.tenants[&key.tenant];
        let floor = tables.rows.floors[PullScope::Catalogue as usize];
        // It is made anew now and then, and always before tombstones behind it are forgotten.
        let stale = kept
            .is_none_or(|bottle| tables.rv > bottle.watermark + 200 || bottle.watermark < floor);
        if from == 0 && stale {
            self.fill(key.tenant);
        }
        let bottle = self.bottles.get(&key.tenant).ok_or_else(reset)?;
        if etag.is_some_and(|etag| etag != bottle.etag) {
            return Err(reset());
        }
        let part = SnapshotPart {
            etag: bottle.etag.to_string(),
            total: PARTS,
            from,
            bytes: vec![0],
        };
        Ok((part, bottle.clone()))
    }

    fn fill(&mut self, tenant: Uuid) {
        self.etags += 1;
        let tables = &self.tenants[&tenant];
        let live = tables.rows.live(PullScope::Catalogue);
        let rows = live.filter_map(|(id, row)| Some((id, (row.rv, row.data.clone()?))));
        let bottle = Bottle {
            etag: self.etags,
            epoch: self.epoch(),
            watermark: tables.rv,
            cursor: Reached::whole(self.epoch, tables.rv).write(),
            rows: rows.collect(),
            digest: tables.rows.digest(PullScope::Catalogue),
        };
        self.bottles.insert(tenant, bottle);
    }
}

fn reset() -> CallFailure {
    own(ApiCode::CursorReset, None)
}
