SELECT o.till, o.segment, o.seq, o.chain, o.code, o.op
FROM op_log o
WHERE o.tenant = ?1 AND o.outcome = 'parked' AND o.dup = 0
  AND NOT EXISTS (SELECT 1 FROM op_unparked u WHERE u.tenant = o.tenant AND u.op_id = o.op_id)
ORDER BY o.rv
