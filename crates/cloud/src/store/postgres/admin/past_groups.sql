INSERT INTO product_group_past (tenant, product_id, field_group, version, till, operator_name, at_ms, fields)
SELECT g.tenant, g.product_id, g.field_group, g.version, g.till, g.operator_name, g.at_ms, past.fields
FROM unnest($2::uuid[], $3::text[], $4::text[]) AS past (product_id, field_group, fields)
JOIN product_group AS g
  ON g.tenant = $1 AND g.product_id = past.product_id AND g.field_group = past.field_group
ON CONFLICT (tenant, product_id, field_group, version) DO NOTHING
