INSERT INTO outcome (op_no, outcome, code, conflict, answered_at_ms)
VALUES (:op_no, :outcome, :code, :conflict, :now)
ON CONFLICT (op_no) DO UPDATE SET
  outcome = excluded.outcome, code = excluded.code, conflict = excluded.conflict,
  answered_at_ms = excluded.answered_at_ms
