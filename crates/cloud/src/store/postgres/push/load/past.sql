SELECT past.product_id, past.field_group, past.version, past.till, past.operator_name, past.at_ms, past.fields
FROM unnest($2::uuid[], $3::text[], $4::bigint[]) AS asked (product_id, field_group, version)
JOIN product_group_past AS past
  ON past.tenant = $1 AND past.product_id = asked.product_id AND past.field_group = asked.field_group
 AND past.version = asked.version
