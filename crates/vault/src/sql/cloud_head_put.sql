-- Kept only if our own op at that place has that chain.
INSERT INTO cloud_head (segment_no, seq, chain, secured, complete)
SELECT s.segment_no, :seq, :chain, :secured, 0
FROM segment s
JOIN op o ON o.op_no >= :op_low AND o.op_no < :op_high AND o.segment_no = s.segment_no
WHERE s.segment = :segment AND o.chain = :chain
ON CONFLICT (segment_no) DO UPDATE SET
  seq = excluded.seq, chain = excluded.chain, secured = excluded.secured, complete = 0
