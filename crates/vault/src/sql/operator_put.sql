INSERT INTO operator (operator_id, name, role, pin_hash, active, failures, locked_until_ms, from_cloud)
VALUES (:operator_id, :name, :role, :pin_hash, :active, 0, NULL, :from_cloud)
ON CONFLICT (operator_id) DO UPDATE SET
  name = excluded.name, role = excluded.role, pin_hash = excluded.pin_hash,
  active = excluded.active, from_cloud = excluded.from_cloud
