INSERT INTO op (
  op_no, op_id, segment_no, type, prev, chain, op_hash, bytes, sales_in_segment, recorded_at_ms
) VALUES (
  :op_no, :op_id, :segment_no, :type, :prev, :chain, :op_hash, :bytes, :sales_in_segment,
  :recorded_at_ms
)
