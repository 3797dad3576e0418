INSERT INTO product_group_past (tenant, product_id, field_group, version, till, operator_name, at_ms, fields)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (tenant, product_id, field_group, version) DO NOTHING
