-- A segment's ops in the order of their places there, first ones and later ones.
SELECT op_no AS place_no, op_id, prev, chain, bytes
FROM op
WHERE segment_no = :segment_no AND op_no >= :low AND op_no < :high
UNION ALL
SELECT l.place_no, o.op_id, l.prev, l.chain, coalesce(l.bytes, o.bytes)
FROM op_place l JOIN op o ON o.op_no = l.op_no
WHERE l.segment_no = :segment_no AND l.place_no >= :low AND l.place_no < :high
ORDER BY place_no
LIMIT :max_ops
