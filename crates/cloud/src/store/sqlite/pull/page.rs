//! One page: which kinds of rows a scope has, and what belongs to every page.

use protocol::pull::PullScope;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{DOING, catalogue, config, conflict, stock};
use crate::store::StoreError;
use crate::store::pull::{
    CatalogueOf, CatalogueState, Place, PullReach, PullWanted, Pulled, PulledPage, Reached, page_of,
};
use crate::store::sqlite::sql::{as_i64, counter, failed, uuid_column};

/// What a kind of row needs to know to give its part of a page.
pub(super) struct Part<'a> {
    pub(super) snapshot: &'a Connection,
    pub(super) reach: PullReach,
    pub(super) after: &'a Place,
    /// Tombstones up to here are none of the till's business.
    pub(super) buried: u64,
    /// One row more than the page: it says whether more follow.
    pub(super) limit: u32,
}

impl Part<'_> {
    /// The bound behind which rows of this kind begin: version, key.
    pub(super) fn bound(&self, rank: u8) -> (i64, &[u8]) {
        let (rv, key) = self.after.bound(rank);
        (as_i64(rv), key)
    }
}

/// One page.
pub(super) fn page(snapshot: &Connection, wanted: &PullWanted) -> Result<Pulled, StoreError> {
    let (reach, from) = (wanted.reach, wanted.from.as_ref());
    let (cloud_epoch, watermark) = stand(snapshot, reach.tenant)?;
    if let Some(min_rv) = too_old(snapshot, wanted)? {
        return Ok(Pulled::TooOld { min_rv });
    }
    let start = Place::default();
    let part = Part {
        snapshot,
        reach,
        after: from.map_or(&start, |from| &from.place),
        buried: Reached::buried(from, watermark),
        limit: wanted.limit.saturating_add(1),
    };
    let (candidates, included) = match wanted.scope {
        PullScope::Catalogue => (catalogue::part(&part)?, Vec::new()),
        PullScope::Config => (config::part(&part)?, Vec::new()),
        PullScope::Conflicts => (conflict::part(&part)?, Vec::new()),
        PullScope::Stock => {
            let since = Reached::heads_since(from);
            (stock::part(&part)?, stock::included(&part, since)?)
        }
    };
    let (rows, last) = page_of(candidates, wanted.limit);
    Ok(Pulled::Page(PulledPage {
        cloud_epoch,
        watermark,
        rows,
        more: last.is_some(),
        reached: Reached::with(from, last, watermark),
        included,
    }))
}

/// The database's epoch and the tenant's version in this snapshot.
pub(super) fn stand(snapshot: &Connection, tenant: Uuid) -> Result<(Uuid, u64), StoreError> {
    snapshot
        .prepare_cached(
            "SELECT cloud.cloud_epoch, tenant_clock.v FROM cloud, tenant_clock
             WHERE tenant_clock.tenant = ?1",
        )
        .and_then(|mut found| {
            found.query_row([tenant.as_bytes()], |row| {
                Ok((uuid_column(row, 0)?, counter(row, 1)?))
            })
        })
        .map_err(failed(DOING))
}

/// The version from which the till could go on, if it stands below.
fn too_old(snapshot: &Connection, wanted: &PullWanted) -> Result<Option<u64>, StoreError> {
    let Some(from) = &wanted.from else {
        return Ok(None);
    };
    let reach = wanted.reach;
    let floor: Option<u64> = snapshot
        .prepare_cached("SELECT min_rv FROM pull_floor WHERE tenant = ?1 AND scope = ?2")
        .and_then(|mut found| {
            let scope = params![reach.tenant.as_bytes(), wanted.scope.as_str()];
            found.query_row(scope, |row| counter(row, 0)).optional()
        })
        .map_err(failed(DOING))?;
    if let Some(min_rv) = floor.filter(|min_rv| from.held < *min_rv) {
        return Ok(Some(min_rv));
    }
    // The catalogue that all share leaves out what this branch says itself.
    let left_out = from.shared && has_rules(snapshot, reach, from.held)?;
    Ok(left_out.then_some(from.held))
}

/// Whether the branch has in-store rules of its own up to a version.
fn has_rules(snapshot: &Connection, reach: PullReach, up_to: u64) -> Result<bool, StoreError> {
    snapshot
        .prepare_cached(
            "SELECT 1 FROM in_store_rule
             WHERE tenant = ?1 AND branch = ?2 AND rv <= ?3 AND deleted = 0",
        )
        .and_then(|mut found| {
            let (tenant, branch) = (reach.tenant.as_bytes(), reach.branch.as_bytes());
            found.exists(params![tenant, branch, as_i64(up_to)])
        })
        .map_err(failed(DOING))
}

/// Whose catalogue a till gets, and how far the tenant is.
pub(super) fn catalogue_state(
    snapshot: &Connection,
    reach: PullReach,
) -> Result<CatalogueState, StoreError> {
    let (cloud_epoch, watermark) = stand(snapshot, reach.tenant)?;
    let own = has_rules(snapshot, reach, watermark)?;
    Ok(CatalogueState {
        of: CatalogueOf {
            tenant: reach.tenant,
            branch: own.then_some(reach.branch),
        },
        cloud_epoch,
        watermark,
    })
}
