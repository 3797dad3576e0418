WHERE s.op_no < :before
  AND (
    (s.op_no >= :seq_low AND s.op_no < :seq_high)
    OR s.reference = :text
    OR (
      s.op_no >= coalesce((SELECT max(op_no) FROM sale), 0) - :searched * 256
      AND (
        s.number LIKE :like
        OR s.to_pay_minor = :amount
        OR EXISTS (
          SELECT 1 FROM sale_line l
          WHERE l.op_no = s.op_no AND (l.name LIKE :like OR l.code = :text)
        )
      )
    )
  )
ORDER BY s.op_no DESC
LIMIT :limit
