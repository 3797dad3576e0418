-- Rows from before the ledger kept till and clock have them in the op that the log holds.
SELECT l.kind, l.delta_milli, l.till, l.hlc_ms, l.hlc_counter, o.till, o.op
FROM stock_ledger l
LEFT JOIN op_log o ON l.till IS NULL AND o.tenant = l.tenant AND o.op_id = l.op_id AND o.dup = 0
WHERE l.tenant = ?1 AND l.branch = ?2 AND l.product_id = ?3 AND l.rv > ?4
