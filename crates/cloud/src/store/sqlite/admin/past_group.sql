INSERT INTO product_group_past (tenant, product_id, field_group, version, till, operator_name, at_ms, fields)
SELECT tenant, product_id, field_group, version, till, operator_name, at_ms, ?4
FROM product_group WHERE tenant = ?1 AND product_id = ?2 AND field_group = ?3
ON CONFLICT (tenant, product_id, field_group, version) DO NOTHING
