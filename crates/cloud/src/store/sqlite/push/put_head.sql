INSERT INTO stream_head (tenant, segment, till, first_seq, seq, chain, parent_segment, parent_seq, parent_chain, rv)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (tenant, segment) DO UPDATE SET seq = excluded.seq, chain = excluded.chain, rv = excluded.rv
