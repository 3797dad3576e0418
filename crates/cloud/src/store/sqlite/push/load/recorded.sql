-- What an upgrade made of a parked op counts from then on, also where the op is a repeated one.
SELECT o.seq, o.op_id, o.chain,
       CASE WHEN u.op_id IS NULL OR o.dup = 1 THEN o.outcome ELSE u.outcome END,
       CASE WHEN u.op_id IS NULL THEN o.code ELSE u.code END,
       CASE WHEN u.op_id IS NULL THEN o.conflict ELSE u.conflict END,
       o.received_at_ms = ?5
FROM op_log o
LEFT JOIN op_unparked u ON u.tenant = o.tenant AND u.op_id = o.op_id AND u.op_hash = o.op_hash
WHERE o.tenant = ?1 AND o.segment = ?2 AND o.seq BETWEEN ?3 AND ?4
