INSERT INTO product_group (tenant, product_id, field_group, version, till, operator_name, at_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (tenant, product_id, field_group)
DO UPDATE SET version = excluded.version, till = excluded.till, operator_name = excluded.operator_name,
              at_ms = excluded.at_ms
