LEFT JOIN outcome c ON c.op_no = o.op_no
LEFT JOIN cloud_head h ON h.segment_no = o.segment_no
WHERE o.op_no >= (
    -- Where the oldest open segment goes on: nothing before it waits.
    SELECT coalesce(min(coalesce(k.seq + 1, t.first_seq)), 0) * 256
    FROM own_segment t LEFT JOIN cloud_head k ON k.segment_no = t.segment_no
    WHERE coalesce(k.complete, 0) = 0
  )
  AND CASE
    WHEN g.moved_after IS NULL OR g.moved_after >= (o.op_no >> 8)
      THEN h.seq IS NULL OR o.op_no >= (h.seq + 1) * 256
    -- It was put under a later segment: what counts is that place.
    ELSE EXISTS (
      SELECT 1
      FROM op_place l
      JOIN segment n ON n.segment_no = l.segment_no
      LEFT JOIN cloud_head k ON k.segment_no = l.segment_no
      WHERE l.op_no = o.op_no
        AND (n.moved_after IS NULL OR n.moved_after >= (l.place_no >> 8))
        AND (k.seq IS NULL OR l.place_no >= (k.seq + 1) * 256)
    )
  END
ORDER BY o.op_no
LIMIT :limit
