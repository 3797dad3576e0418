INSERT INTO stock_ledger (tenant, branch, rv, part, op_id, product_id, kind, delta_milli, reason,
                          till, segment, seq, hlc_ms, hlc_counter)
SELECT $1, $2, *
FROM unnest($3::bigint[], $4::bigint[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[], $9::text[],
            $10::uuid[], $11::uuid[], $12::bigint[], $13::bigint[], $14::bigint[])
