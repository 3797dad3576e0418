SELECT id, kind, code, entity, title, branch, op_id, version, mine, theirs, base, settled
FROM conflict WHERE tenant = $1 AND id = ANY ($2)
UNION ALL
SELECT id, kind, code, entity, title, branch, op_id, version, mine, theirs, base, settled
FROM conflict WHERE tenant = $1 AND entity = ANY ($3) AND status = 'open'
UNION ALL
SELECT id, kind, code, entity, title, branch, op_id, version, mine, theirs, base, settled
FROM conflict WHERE tenant = $1 AND entity = ANY ($4)
