INSERT INTO outcome (op_no, outcome, code, conflict, answered_at_ms)
SELECT o.op_no, :outcome, :code, :conflict, :now
FROM op o JOIN segment s USING (segment_no)
WHERE o.op_no >= :low AND o.op_no < :high AND s.segment = :segment
ON CONFLICT (op_no) DO UPDATE SET
  outcome = excluded.outcome, code = excluded.code, conflict = excluded.conflict,
  answered_at_ms = excluded.answered_at_ms
