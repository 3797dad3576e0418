UPDATE segment SET
  last_seq = last_op.seq,
  sales = last_op.sales
FROM (
  SELECT segment_no, max(op_no) >> 8 AS seq, max(sales_in_segment) AS sales
  FROM op GROUP BY segment_no
) AS last_op
WHERE last_op.segment_no = segment.segment_no
  AND segment.segment_no IS NOT :current
  AND last_op.seq <= :head_seq
  AND (segment.last_seq IS NULL OR segment.last_seq < last_op.seq)
