INSERT INTO given_back (tenant, of_sale, of_line, op_id, quantity_milli)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[])
