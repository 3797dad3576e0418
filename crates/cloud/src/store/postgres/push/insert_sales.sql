INSERT INTO sale (tenant, branch, op_id, sale_id, kind, till, segment, seq, rv, receipt_number, of_sale,
                  operator_id, operator_name, completed_at_ms, reference, currency, line_count,
                  net_minor, tax_minor, gross_minor)
SELECT $1, $2, *
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::bigint[], $9::bigint[], $10::text[],
            $11::uuid[], $12::uuid[], $13::text[], $14::bigint[], $15::text[], $16::text[], $17::bigint[],
            $18::bigint[], $19::bigint[], $20::bigint[])
