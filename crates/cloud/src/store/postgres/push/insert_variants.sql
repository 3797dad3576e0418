INSERT INTO op_variant (tenant, received_at_ms, op_id, op_hash, segment, seq, op)
SELECT $1, $2, * FROM unnest($3::uuid[], $4::bytea[], $5::uuid[], $6::bigint[], $7::bytea[])
ON CONFLICT (tenant, op_id, op_hash) DO NOTHING
