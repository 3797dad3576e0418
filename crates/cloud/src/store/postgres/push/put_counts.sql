UPDATE stock AS now
SET rv = $3, counted_op = count.op_id, counted_till = count.till, counted_hlc_ms = count.hlc_ms,
    counted_hlc_counter = count.hlc_counter, counted_milli = count.counted_milli, counted_at_ms = count.at_ms
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
     AS count (product_id, op_id, till, hlc_ms, hlc_counter, counted_milli, at_ms)
WHERE now.tenant = $1 AND now.branch = $2 AND now.product_id = count.product_id
