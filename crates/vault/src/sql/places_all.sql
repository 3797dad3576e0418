SELECT l.place_no, l.prev, l.op_hash, o.op_id, s.segment_no, s.segment, s.first_seq
FROM op_place l
JOIN op o ON o.op_no = l.op_no
JOIN segment s ON s.segment_no = l.segment_no
ORDER BY l.segment_no, l.place_no
