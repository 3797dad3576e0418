INSERT INTO till (tenant, till, branch, public_key, genesis_tenant, genesis_branch, name, enrolled_at_ms)
SELECT tenant, $2, branch, $3, tenant, branch, $4, $5
FROM branch WHERE tenant = $1 ORDER BY created_at_ms, branch LIMIT 1
