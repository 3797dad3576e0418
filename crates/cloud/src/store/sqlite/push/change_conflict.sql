UPDATE conflict SET title = ?3, op_id = ?4, status = ?5, version = ?6, mine = ?7, theirs = ?8, base = ?9,
                    settled = ?10, rv = ?11
WHERE tenant = ?1 AND id = ?2
