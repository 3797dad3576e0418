INSERT INTO parked_touch (tenant, till, entity, op_id)
SELECT $1, $2, * FROM unnest($3::text[], $4::uuid[])
ON CONFLICT (tenant, till, entity, op_id) DO NOTHING
