INSERT INTO operator (tenant, rv, operator_id, name, role, active, branches, deleted)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)
ON CONFLICT (tenant, operator_id) DO UPDATE
SET rv = excluded.rv, name = excluded.name, role = excluded.role, active = excluded.active,
    branches = excluded.branches, deleted = 0
WHERE deleted = 1
   OR (name, role, active, branches) IS NOT (excluded.name, excluded.role, excluded.active, excluded.branches)
