SELECT
  s.op_no, s.sale_id, s.kind, s.of_sale, s.number, s.completed_at_ms, s.operator_name, s.lines,
  s.to_pay_minor,
  coalesce((
    SELECT h.seq >= (o.op_no >> 8) FROM op o JOIN cloud_head h USING (segment_no)
    WHERE o.op_no = s.op_no
  ), 0) OR EXISTS (
    SELECT 1 FROM op_place l JOIN cloud_head h USING (segment_no)
    WHERE l.op_no = s.op_no AND h.seq >= (l.place_no >> 8)
  ) AS in_cloud,
  (SELECT c.outcome FROM outcome c WHERE c.op_no = s.op_no) AS outcome,
  (SELECT sum(l.quantity_milli) FROM sale_line l WHERE l.op_no = s.op_no) AS sold_milli,
  coalesce((
    SELECT sum(l.quantity_milli) FROM sale r JOIN sale_line l ON l.op_no = r.op_no
    WHERE r.of_sale = s.sale_id
  ), 0) AS given_back_milli,
  EXISTS (SELECT 1 FROM untold u WHERE u.op_no = s.op_no) AS untold
FROM sale s
