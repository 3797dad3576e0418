-- The id follows from the facts: a conflict that was opened before, even one that is settled, stays as it is.
INSERT INTO conflict (tenant, id, kind, entity, op_id, current, status, version, opened_rv)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', 1, ?7)
ON CONFLICT (tenant, id) DO NOTHING
