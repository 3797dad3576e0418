-- What an upgrade made of a parked op counts from then on.
SELECT first.op_id, first.op_hash, coalesce(later.outcome, first.outcome) AS outcome,
       CASE WHEN later.op_id IS NULL THEN first.code ELSE later.code END AS code,
       CASE WHEN later.op_id IS NULL THEN first.conflict ELSE later.conflict END AS conflict
FROM op_log AS first
LEFT JOIN op_unparked AS later ON later.tenant = $1 AND later.op_id = first.op_id
WHERE first.tenant = $1 AND first.op_id = ANY ($2) AND NOT first.dup
