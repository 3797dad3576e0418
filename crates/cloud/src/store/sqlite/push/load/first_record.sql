-- What an upgrade made of a parked op counts from then on.
SELECT o.op_hash, coalesce(u.outcome, o.outcome),
       CASE WHEN u.op_id IS NULL THEN o.code ELSE u.code END,
       CASE WHEN u.op_id IS NULL THEN o.conflict ELSE u.conflict END
FROM op_log o
LEFT JOIN op_unparked u ON u.tenant = o.tenant AND u.op_id = o.op_id
WHERE o.tenant = ?1 AND o.op_id = ?2 AND o.dup = 0
