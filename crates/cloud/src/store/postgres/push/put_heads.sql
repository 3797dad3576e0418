INSERT INTO stream_head (tenant, rv, segment, till, first_seq, seq, chain, parent_segment, parent_seq, parent_chain)
SELECT $1, $2, *
FROM unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bytea[], $8::uuid[], $9::bigint[], $10::bytea[])
ON CONFLICT (tenant, segment) DO UPDATE SET seq = excluded.seq, chain = excluded.chain, rv = excluded.rv
