INSERT INTO product_group (tenant, product_id, field_group, version, till)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, product_id, field_group) DO UPDATE SET version = excluded.version, till = excluded.till
