INSERT INTO branch_setting AS held (tenant, rv, branch, name, value, deleted) VALUES ($1, $2, $3, $4, $5, false)
ON CONFLICT (tenant, branch, name) DO UPDATE
SET rv = excluded.rv, value = excluded.value, deleted = false
WHERE held.deleted OR held.value IS DISTINCT FROM excluded.value
