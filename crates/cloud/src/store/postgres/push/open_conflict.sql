-- The id follows from the facts: a conflict that was opened before, even one that is settled, stays as it is.
INSERT INTO conflict (tenant, id, kind, entity, op_id, status, version, opened_rv, opened_at_ms, rv, mine, branch)
VALUES ($1, $2, $3, $4, $5, 'open', 1, $6, $7, $6, $8, $9)
ON CONFLICT (tenant, id) DO NOTHING
