INSERT INTO branch_setting (tenant, rv, branch, name, value, deleted) VALUES (?1, ?2, ?3, ?4, ?5, 0)
ON CONFLICT (tenant, branch, name) DO UPDATE
SET rv = excluded.rv, value = excluded.value, deleted = 0
WHERE deleted = 1 OR value IS NOT excluded.value
