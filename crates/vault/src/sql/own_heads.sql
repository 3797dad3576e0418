-- The last op of each segment that the cloud is not known to hold whole. A segment's ops lie between
-- its first and its last seq, so the last one is found from the top of that range.
SELECT s.segment, o.op_no, o.chain
FROM segment s
JOIN op o ON o.op_no = (
  SELECT x.op_no FROM op x
  WHERE x.segment_no = s.segment_no
    AND x.op_no >= s.first_seq * 256
    AND x.op_no < (coalesce(s.last_seq, (SELECT seq FROM head)) + 1) * 256
  ORDER BY x.op_no DESC
  LIMIT 1
)
LEFT JOIN cloud_head h ON h.segment_no = s.segment_no
WHERE coalesce(h.complete, 0) = 0
ORDER BY s.segment_no
LIMIT :limit
