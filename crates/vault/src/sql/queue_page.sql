SELECT o.op_no, g.segment, o.op_id, o.type, o.recorded_at_ms, s.number, s.sale_id, c.outcome, c.code,
  c.conflict, c.answered_at_ms, length(o.bytes) AS bytes,
  (
    SELECT count(*) FROM sync_attempt a
    WHERE a.segment_no = o.segment_no AND o.op_no / 256 BETWEEN a.from_seq AND a.to_seq
  ) AS attempts,
  (
    SELECT a.words FROM sync_attempt a
    WHERE a.segment_no = o.segment_no AND o.op_no / 256 BETWEEN a.from_seq AND a.to_seq
    ORDER BY a.attempt_no DESC LIMIT 1
  ) AS last_answer
FROM wanted w
JOIN op o ON o.op_no = w.op_no
JOIN segment g USING (segment_no)
LEFT JOIN sale s ON s.op_no = o.op_no
LEFT JOIN outcome c ON c.op_no = o.op_no
WHERE o.op_no < :before
  AND (:text IS NULL OR s.number LIKE :text ESCAPE '\' OR o.type LIKE :text ESCAPE '\')
ORDER BY o.op_no DESC
LIMIT :most
