INSERT INTO stock_ledger (tenant, rv, part, op_id, branch, product_id, kind, delta_milli, reason,
                          till, segment, seq, hlc_ms, hlc_counter)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
