INSERT INTO stock_ledger (tenant, branch, rv, part, op_id, product_id, kind, delta_milli, reason)
SELECT $1, $2, *
FROM unnest($3::bigint[], $4::bigint[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[], $9::text[])
