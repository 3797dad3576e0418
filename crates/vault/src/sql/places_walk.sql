-- Every place from one on, in the order of seq. The bytes of a later place lie where the op was first.
SELECT op_no AS place_no, segment_no, prev, chain, op_hash, bytes
FROM op
WHERE op_no >= :from
UNION ALL
SELECT place_no, segment_no, prev, chain, op_hash, bytes
FROM op_place
WHERE place_no >= :from
ORDER BY place_no
