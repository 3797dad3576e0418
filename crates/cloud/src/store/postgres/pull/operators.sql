-- `here`: alive, and of this branch.
SELECT rv, operator_id, name, role, active, pin_phc, here
FROM (SELECT *, NOT deleted AND (branches IS NULL OR jsonb_exists(branches::jsonb, $6)) AS here FROM operator) AS o
WHERE tenant = $1 AND (rv, operator_id) > ($2, $3) AND (here OR rv > $4)
ORDER BY rv, operator_id
LIMIT $5
