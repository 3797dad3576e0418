INSERT INTO op_log (tenant, segment, seq, op_id, dup, till, type, chain, op_hash, op,
                    outcome, code, conflict, rv, received_at_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
