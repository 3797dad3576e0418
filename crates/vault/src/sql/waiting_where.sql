LEFT JOIN outcome c ON c.op_no = o.op_no
LEFT JOIN cloud_head h ON h.segment_no = o.segment_no
WHERE o.op_no >= (
    -- Where the oldest open segment goes on: nothing before it waits.
    SELECT coalesce(min(coalesce(k.seq + 1, t.first_seq)), 0) * 256
    FROM segment t LEFT JOIN cloud_head k ON k.segment_no = t.segment_no
    WHERE coalesce(k.complete, 0) = 0
  )
  AND (h.seq IS NULL OR o.op_no >= (h.seq + 1) * 256)
ORDER BY o.op_no
LIMIT :limit
