SELECT op_no AS place_no, op_id, op_hash
FROM op
WHERE segment_no = :segment_no AND op_no >= :low AND op_no < :high
UNION ALL
SELECT l.place_no, o.op_id, l.op_hash
FROM op_place l JOIN op o ON o.op_no = l.op_no
WHERE l.segment_no = :segment_no AND l.place_no >= :low AND l.place_no < :high
ORDER BY place_no
