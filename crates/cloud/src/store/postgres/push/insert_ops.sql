INSERT INTO op_log (tenant, received_at_ms, segment, seq, op_id, dup, till, type, chain, op_hash, op,
                    outcome, code, conflict, rv)
SELECT $1, $2, *
FROM unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::boolean[], $7::uuid[], $8::text[], $9::bytea[], $10::bytea[],
            $11::bytea[], $12::text[], $13::text[], $14::uuid[], $15::bigint[])
