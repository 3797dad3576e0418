-- What belongs to no branch is everybody's to see.
SELECT rv, id, kind, code, entity, title, branch, op_id, status, version, opened_at_ms, mine, theirs, base, settled
FROM conflict
WHERE tenant = $1 AND (branch IS NULL OR branch = $2) AND (rv, id) > ($3, $4)
ORDER BY rv, id
LIMIT $5
