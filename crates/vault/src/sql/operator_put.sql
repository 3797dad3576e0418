INSERT INTO operator (operator_id, name, role, pin_hash, active, failures, locked_until_ms)
VALUES (:operator_id, :name, :role, :pin_hash, :active, 0, NULL)
ON CONFLICT (operator_id) DO UPDATE SET
  name = excluded.name, role = excluded.role, pin_hash = excluded.pin_hash,
  active = excluded.active
