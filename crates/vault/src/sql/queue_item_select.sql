SELECT o.op_no, g.segment, o.op_id, o.type, o.recorded_at_ms, s.number, c.outcome, c.code,
  c.conflict, c.answered_at_ms
FROM op o
JOIN segment g USING (segment_no)
LEFT JOIN sale s ON s.op_no = o.op_no
