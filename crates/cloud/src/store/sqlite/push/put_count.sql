UPDATE stock SET counted_op = ?4, counted_till = ?5, counted_hlc_ms = ?6, counted_hlc_counter = ?7,
                 counted_milli = ?8, counted_at_ms = ?9, rv = ?10
WHERE tenant = ?1 AND branch = ?2 AND product_id = ?3
