UPDATE op_quarantine AS aside SET settled_at_ms = $2
FROM unnest($3::uuid[], $4::bytea[]) AS arrived (op_id, op_hash)
WHERE aside.tenant = $1 AND aside.op_id = arrived.op_id AND aside.op_hash = arrived.op_hash
  AND aside.settled_at_ms IS NULL
