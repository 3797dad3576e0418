-- The id follows from the facts: a conflict that was opened before, even one that is settled, stays as it is.
INSERT INTO conflict (tenant, id, kind, code, entity, title, branch, op_id, status, version, mine, theirs, base,
                      settled, opened_rv, rv, opened_at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)
ON CONFLICT (tenant, id) DO NOTHING
