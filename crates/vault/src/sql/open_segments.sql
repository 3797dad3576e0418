-- Segments that the cloud is not known to hold whole, with its head there; parents before children.
SELECT s.segment_no, s.segment, s.first_seq, s.last_seq, h.seq AS cloud_seq
FROM own_segment s
LEFT JOIN cloud_head h ON h.segment_no = s.segment_no
WHERE coalesce(h.complete, 0) = 0 AND s.last_seq >= s.first_seq
ORDER BY s.segment_no
LIMIT :limit
