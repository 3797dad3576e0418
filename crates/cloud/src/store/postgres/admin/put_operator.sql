INSERT INTO operator AS held (tenant, rv, operator_id, name, role, active, branches, deleted)
VALUES ($1, $2, $3, $4, $5, $6, $7, false)
ON CONFLICT (tenant, operator_id) DO UPDATE
SET rv = excluded.rv, name = excluded.name, role = excluded.role, active = excluded.active,
    branches = excluded.branches, deleted = false
WHERE held.deleted
   OR (held.name, held.role, held.active, held.branches)
      IS DISTINCT FROM (excluded.name, excluded.role, excluded.active, excluded.branches)
