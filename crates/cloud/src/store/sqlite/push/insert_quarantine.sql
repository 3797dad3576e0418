INSERT INTO op_quarantine (tenant, segment, seq, chain, till, op_id, op_hash, op, reason, received_at_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (tenant, segment, seq, chain) DO NOTHING
