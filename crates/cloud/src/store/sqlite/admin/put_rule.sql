INSERT INTO in_store_rule (tenant, rv, branch, position, rule, deleted) VALUES (?1, ?2, ?3, ?4, ?5, 0)
ON CONFLICT (tenant, branch, position) DO UPDATE
SET rv = excluded.rv, rule = excluded.rule, deleted = 0
WHERE deleted = 1 OR rule IS NOT excluded.rule
