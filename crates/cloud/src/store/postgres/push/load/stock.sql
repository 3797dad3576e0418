SELECT product_id, quantity_milli, tracked, counted_op, counted_till, counted_hlc_ms, counted_hlc_counter,
       counted_milli, counted_at_ms
FROM stock WHERE tenant = $1 AND branch = $2 AND product_id = ANY ($3)
