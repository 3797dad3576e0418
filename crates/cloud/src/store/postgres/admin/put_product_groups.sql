INSERT INTO product_group (tenant, product_id, field_group, version, till, operator_name, at_ms)
SELECT $1, made.product_id, made.field_group, made.version, '00000000-0000-0000-0000-000000000000'::uuid, NULL, $5
FROM unnest($2::uuid[], $3::text[], $4::bigint[]) AS made (product_id, field_group, version)
ON CONFLICT (tenant, product_id, field_group)
DO UPDATE SET version = excluded.version, till = excluded.till, operator_name = NULL, at_ms = excluded.at_ms
