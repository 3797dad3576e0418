SELECT o.*, s.segment
FROM segment s
CROSS JOIN op o
WHERE s.segment = :segment
  AND o.segment_no = s.segment_no
  AND o.op_no >= :after
  AND o.op_no >= s.first_seq * 256
  AND o.op_no < (coalesce(s.last_seq, (SELECT seq FROM head)) + 1) * 256
ORDER BY o.op_no
LIMIT :max_ops
