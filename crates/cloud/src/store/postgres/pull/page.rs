//! One page: which kinds of rows a scope has, and what belongs to every page.

use protocol::pull::PullScope;
use uuid::Uuid;

use super::super::sql::{as_i64, counter, failed, get};
use super::super::tx::Tx;
use super::{DOING, catalogue, config, conflict, stock, uuid_bound};
use crate::store::StoreError;
use crate::store::pull::{
    CatalogueOf, CatalogueState, Place, PullReach, PullWanted, Pulled, PulledPage, Reached, page_of,
};

/// What a kind of row needs to know to give its part of a page.
pub(super) struct Part<'a> {
    pub(super) tx: &'a Tx,
    pub(super) reach: PullReach,
    pub(super) after: &'a Place,
    /// Tombstones up to here are none of the till's business.
    pub(super) buried: i64,
    /// One row more than the page: it says whether more follow.
    pub(super) limit: i64,
}

impl Part<'_> {
    /// The bound behind which rows of this kind begin, for kinds whose key is an id.
    pub(super) fn bound(&self, rank: u8) -> (i64, Uuid) {
        let (rv, key) = self.after.bound(rank);
        uuid_bound(rv, key)
    }
}

/// One page.
pub(super) async fn page(tx: &Tx, wanted: &PullWanted) -> Result<Pulled, StoreError> {
    let (reach, from) = (wanted.reach, wanted.from.as_ref());
    let (cloud_epoch, watermark) = stand(tx, reach.tenant).await?;
    if let Some(min_rv) = too_old(tx, wanted).await? {
        return Ok(Pulled::TooOld { min_rv });
    }
    let start = Place::default();
    let part = Part {
        tx,
        reach,
        after: from.map_or(&start, |from| &from.place),
        buried: as_i64(Reached::buried(from, watermark)),
        limit: i64::from(wanted.limit) + 1,
    };
    let (candidates, included) = match wanted.scope {
        PullScope::Catalogue => (catalogue::part(&part).await?, Vec::new()),
        PullScope::Config => (config::part(&part).await?, Vec::new()),
        PullScope::Conflicts => (conflict::part(&part).await?, Vec::new()),
        PullScope::Stock => {
            let since = Reached::heads_since(from);
            let rows = stock::part(&part).await?;
            (rows, stock::included(&part, since).await?)
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
pub(super) async fn stand(tx: &Tx, tenant: Uuid) -> Result<(Uuid, u64), StoreError> {
    let found = tx
        .query_opt(
            "SELECT cloud_epoch, v FROM cloud, tenant_clock WHERE tenant = $1",
            &[&tenant],
        )
        .await;
    let found = found.map_err(failed(DOING))?;
    let row = found.ok_or(StoreError::Stopped { doing: DOING })?;
    Ok((get(&row, "cloud_epoch")?, counter(&row, "v")?))
}

/// The version from which the till could go on, if it stands below.
async fn too_old(tx: &Tx, wanted: &PullWanted) -> Result<Option<u64>, StoreError> {
    let Some(from) = &wanted.from else {
        return Ok(None);
    };
    let found = tx
        .query_opt(
            "SELECT min_rv FROM pull_floor WHERE tenant = $1 AND scope = $2",
            &[&wanted.reach.tenant, &wanted.scope.as_str()],
        )
        .await;
    let floor = found.map_err(failed(DOING))?;
    let floor = floor.map(|row| counter(&row, "min_rv")).transpose()?;
    if let Some(min_rv) = floor.filter(|min_rv| from.held < *min_rv) {
        return Ok(Some(min_rv));
    }
    // The catalogue that all share leaves out what this branch says itself.
    let left_out = from.shared && has_rules(tx, wanted.reach, from.held).await?;
    Ok(left_out.then_some(from.held))
}

/// Whether the branch has in-store rules of its own up to a version.
async fn has_rules(tx: &Tx, reach: PullReach, up_to: u64) -> Result<bool, StoreError> {
    let found = tx
        .query_opt(
            "SELECT 1 FROM in_store_rule
         WHERE tenant = $1 AND branch = $2 AND rv <= $3 AND NOT deleted LIMIT 1",
            &[&reach.tenant, &reach.branch, &as_i64(up_to)],
        )
        .await;
    Ok(found.map_err(failed(DOING))?.is_some())
}

/// Whose catalogue a till gets, and how far the tenant is.
pub(super) async fn catalogue_state(
    tx: &Tx,
    reach: PullReach,
) -> Result<CatalogueState, StoreError> {
    let (cloud_epoch, watermark) = stand(tx, reach.tenant).await?;
    let own = has_rules(tx, reach, watermark).await?;
    Ok(CatalogueState {
        of: CatalogueOf {
            tenant: reach.tenant,
            branch: own.then_some(reach.branch),
        },
        cloud_epoch,
        watermark,
    })
}
