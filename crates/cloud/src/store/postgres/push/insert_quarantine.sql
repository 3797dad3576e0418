INSERT INTO op_quarantine (tenant, till, received_at_ms, segment, seq, chain, op_id, op_hash, op, reason)
SELECT $1, $2, $3, *
FROM unnest($4::uuid[], $5::bigint[], $6::bytea[], $7::uuid[], $8::bytea[], $9::bytea[], $10::text[])
ON CONFLICT (tenant, segment, seq, chain) DO NOTHING
