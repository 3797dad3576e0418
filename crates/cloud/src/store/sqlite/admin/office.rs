//! Admin tokens, tenants, branches, codes, the office's log and its own till.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use crate::store::admin::{
    Admin, AdminTokenWanted, BranchPut, BranchRow, CodeForBranch, HeadOffice, Note, OfficeKey, Put,
    TenantRow,
};
use crate::store::sqlite::sql::{failed, fixed, uuid_column};
use crate::store::{StoreError, TillCredential};

/// What people see where a till's name belongs.
const OFFICE_NAME: &str = "Head office";

pub(super) fn make_token(tx: &Connection, wanted: &AdminTokenWanted) -> Result<bool, StoreError> {
    let made = tx.execute(
        "INSERT INTO admin_token (token_hash, tenant, token_id, created_at_ms)
         SELECT ?1, tenant, ?2, ?3 FROM tenant WHERE name = ?4",
        params![
            wanted.token_hash,
            wanted.token_id.as_bytes(),
            wanted.now_ms,
            wanted.tenant_name
        ],
    );
    Ok(made.map_err(failed("making an admin token"))? == 1)
}

pub(super) fn revoke_tokens(
    tx: &Connection,
    tenant_name: &str,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let ended = tx.execute(
        "UPDATE admin_token SET revoked_at_ms = ?2 WHERE revoked_at_ms IS NULL
         AND tenant = (SELECT tenant FROM tenant WHERE name = ?1)",
        params![tenant_name, now_ms],
    );
    Ok(ended.map_err(failed("ending admin tokens"))? as u64)
}

pub(super) fn admin_of(
    snapshot: &Connection,
    token_hash: &[u8; 32],
) -> Result<Option<Admin>, StoreError> {
    snapshot
        .prepare_cached(
            "SELECT tenant, token_id FROM admin_token
             WHERE token_hash = ?1 AND revoked_at_ms IS NULL",
        )
        .and_then(|mut found| {
            let admin = |row: &Row<'_>| {
                Ok(Admin {
                    tenant: uuid_column(row, 0)?,
                    token_id: Some(uuid_column(row, 1)?),
                })
            };
            found.query_row([token_hash], admin).optional()
        })
        .map_err(failed("looking an admin token up"))
}

pub(super) fn tenants(snapshot: &Connection) -> Result<Vec<TenantRow>, StoreError> {
    let doing = "reading tenants";
    let mut found = snapshot
        .prepare_cached("SELECT tenant, name, created_at_ms FROM tenant ORDER BY name")
        .map_err(failed(doing))?;
    let rows = found.query_map([], |row| {
        Ok(TenantRow {
            tenant: uuid_column(row, 0)?,
            name: row.get(1)?,
            created_at_ms: row.get(2)?,
        })
    });
    rows.and_then(Iterator::collect).map_err(failed(doing))
}

pub(super) fn branches(snapshot: &Connection, tenant: Uuid) -> Result<Vec<BranchRow>, StoreError> {
    let doing = "reading branches";
    let mut found = snapshot
        .prepare_cached(
            "SELECT branch, name, created_at_ms FROM branch WHERE tenant = ?1 ORDER BY name",
        )
        .map_err(failed(doing))?;
    let rows = found.query_map([tenant.as_bytes()], |row| {
        Ok(BranchRow {
            branch: uuid_column(row, 0)?,
            name: row.get(1)?,
            created_at_ms: row.get(2)?,
        })
    });
    rows.and_then(Iterator::collect).map_err(failed(doing))
}

pub(super) fn put_branch(tx: &Connection, put: &BranchPut) -> Result<Put, StoreError> {
    let doing = "writing a branch";
    let (tenant, branch) = (put.tenant.as_bytes(), put.branch.as_bytes());
    let holder: Option<Uuid> = tx
        .query_row(
            "SELECT branch FROM branch WHERE tenant = ?1 AND name = ?2",
            params![tenant, put.name],
            |row| uuid_column(row, 0),
        )
        .optional()
        .map_err(failed(doing))?;
    match holder {
        Some(holder) if holder == put.branch => return Ok(Put::Same),
        Some(_) => return Ok(Put::Taken),
        None => {}
    }
    let renamed = tx
        .execute(
            "UPDATE branch SET name = ?3 WHERE tenant = ?1 AND branch = ?2",
            params![tenant, branch, put.name],
        )
        .map_err(failed(doing))?;
    if renamed == 1 {
        return Ok(Put::Changed);
    }
    tx.execute(
        "INSERT INTO branch (tenant, branch, name, created_at_ms) VALUES (?1, ?2, ?3, ?4)",
        params![tenant, branch, put.name, put.now_ms],
    )
    .map_err(failed(doing))?;
    Ok(Put::Made)
}

pub(super) fn code_for_branch(tx: &Connection, code: &CodeForBranch) -> Result<bool, StoreError> {
    let doing = "making an enrolment code";
    let there = tx
        .query_row(
            "SELECT 1 FROM branch WHERE tenant = ?1 AND branch = ?2",
            params![code.tenant.as_bytes(), code.branch.as_bytes()],
            |_| Ok(()),
        )
        .optional()
        .map_err(failed(doing))?;
    if there.is_none() {
        return Ok(false);
    }
    // The same request again finds its code there.
    tx.execute(
        "INSERT INTO enrol_code (code_hash, tenant, branch, expires_at_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (code_hash) DO NOTHING",
        params![
            code.code_hash,
            code.tenant.as_bytes(),
            code.branch.as_bytes(),
            code.expires_at_ms
        ],
    )
    .map_err(failed(doing))?;
    Ok(true)
}

pub(super) fn note(tx: &Connection, note: &Note) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO office_log (tenant, entry, at_ms, token_id, act, about)
         SELECT ?1, 1 + coalesce(max(entry), 0), ?2, ?3, ?4, ?5 FROM office_log WHERE tenant = ?1",
        params![
            note.admin.tenant.as_bytes(),
            note.at_ms,
            note.admin.token_id.as_ref().map(Uuid::as_bytes),
            note.act,
            note.about
        ],
    )
    .map_err(failed("writing the office's log"))?;
    Ok(())
}

/// Head office's till, made if it is not there.
pub(super) fn head_office(
    tx: &Connection,
    tenant: Uuid,
    fresh: &OfficeKey,
) -> Result<Option<HeadOffice>, StoreError> {
    let doing = "looking head office's till up";
    if let Some(office) = kept(tx, tenant).map_err(failed(doing))? {
        return Ok(Some(office));
    }
    let made = tx
        .execute(
            "INSERT INTO till (tenant, till, branch, public_key, genesis_tenant, genesis_branch,
                               name, enrolled_at_ms)
             SELECT tenant, :till, branch, :public_key, tenant, branch, :name, :now_ms
             FROM branch WHERE tenant = :tenant ORDER BY created_at_ms, branch LIMIT 1",
            named_params! {
                ":tenant": tenant.as_bytes(),
                ":till": fresh.till.as_bytes(),
                ":public_key": fresh.public_key,
                ":name": OFFICE_NAME,
                ":now_ms": fresh.now_ms,
            },
        )
        .map_err(failed(doing))?;
    if made == 0 {
        return Ok(None);
    }
    tx.execute(
        "INSERT INTO head_office (tenant, till, secret) VALUES (?1, ?2, ?3)",
        params![tenant.as_bytes(), fresh.till.as_bytes(), fresh.secret],
    )
    .map_err(failed(doing))?;
    kept(tx, tenant).map_err(failed(doing))
}

fn kept(tx: &Connection, tenant: Uuid) -> rusqlite::Result<Option<HeadOffice>> {
    let office = |row: &Row<'_>| {
        Ok(HeadOffice {
            credential: TillCredential {
                tenant,
                till: uuid_column(row, 0)?,
                branch: uuid_column(row, 1)?,
                public_key: fixed(row, 2)?,
                genesis_tenant: uuid_column(row, 3)?,
                genesis_branch: uuid_column(row, 4)?,
                revoked_at_ms: row.get(5)?,
            },
            secret: fixed(row, 6)?,
        })
    };
    tx.query_row(
        "SELECT till, branch, public_key, genesis_tenant, genesis_branch, revoked_at_ms, secret
         FROM head_office JOIN till USING (tenant, till) WHERE tenant = ?1",
        [tenant.as_bytes()],
        office,
    )
    .optional()
}
