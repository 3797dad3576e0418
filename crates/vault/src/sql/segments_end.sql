UPDATE segment SET
  last_seq = last_op.seq,
  sales = last_op.sales
FROM (
  SELECT segment_no, max(place_no) >> 8 AS seq, max(sales_in_segment) AS sales
  FROM (
    SELECT segment_no, op_no AS place_no, sales_in_segment FROM op
    UNION ALL
    SELECT segment_no, place_no, sales_in_segment FROM op_place
  )
  GROUP BY segment_no
) AS last_op
WHERE last_op.segment_no = segment.segment_no
  AND (segment.segment_no IS NOT :current OR segment.last_seq IS NOT NULL)
  AND (last_op.seq <= :head_seq OR segment.moved_after IS NOT NULL)
  AND (segment.last_seq IS NULL OR segment.last_seq < last_op.seq)
