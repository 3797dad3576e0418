SELECT log.till, log.segment, log.seq, log.chain, log.code, log.op
FROM op_log AS log
WHERE log.tenant = $1 AND log.outcome = 'parked' AND NOT log.dup
  AND NOT EXISTS (SELECT 1 FROM op_unparked AS later WHERE later.tenant = $1 AND later.op_id = log.op_id)
ORDER BY log.rv
