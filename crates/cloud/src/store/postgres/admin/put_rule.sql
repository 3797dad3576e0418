INSERT INTO in_store_rule AS held (tenant, rv, branch, position, rule, deleted) VALUES ($1, $2, $3, $4, $5, false)
ON CONFLICT (tenant, branch, position) DO UPDATE
SET rv = excluded.rv, rule = excluded.rule, deleted = false
WHERE held.deleted OR held.rule IS DISTINCT FROM excluded.rule
