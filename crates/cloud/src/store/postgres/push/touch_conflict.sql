UPDATE conflict SET op_id = $3, mine = $4, rv = $5, version = version + 1
WHERE tenant = $1 AND id = $2 AND status = 'open'
