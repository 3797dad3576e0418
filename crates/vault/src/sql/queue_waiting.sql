-- Per open segment: its last seq less the cloud's, and its sales less those up to the cloud's head.
WITH open_segment AS (
  SELECT s.segment_no, s.first_seq, s.last_seq, s.sales, h.seq AS cloud_seq
  FROM own_segment s LEFT JOIN cloud_head h ON h.segment_no = s.segment_no
  WHERE coalesce(h.complete, 0) = 0
)
SELECT
  coalesce(sum(max(last_seq - coalesce(cloud_seq, first_seq - 1), 0)), 0) AS ops,
  coalesce(sum(max(sales - coalesce(
    (
      SELECT o.sales_in_segment FROM op o
      WHERE o.op_no >= cloud_seq * 256 AND o.op_no < (cloud_seq + 1) * 256
        AND o.segment_no = open_segment.segment_no
    ),
    (
      SELECT l.sales_in_segment FROM op_place l
      WHERE l.place_no >= cloud_seq * 256 AND l.place_no < (cloud_seq + 1) * 256
        AND l.segment_no = open_segment.segment_no
    ),
    0
  ), 0)), 0) AS sales
FROM open_segment
