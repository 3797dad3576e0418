-- One segment's ops in order. The bytes of a repeated op lie where it was first recorded, or among the variants.
SELECT place.seq,
       place.chain,
       coalesce(place.op, first.op, variant.op) AS op
FROM op_log AS place
LEFT JOIN op_log AS first
       ON place.dup AND first.tenant = $1 AND first.op_id = place.op_id AND NOT first.dup
      AND first.op_hash = place.op_hash
LEFT JOIN op_variant AS variant
       ON place.dup AND variant.tenant = $1 AND variant.op_id = place.op_id
      AND variant.op_hash = place.op_hash
WHERE place.tenant = $1
  AND place.till = $2
  AND place.segment = $3
  AND place.seq >= $4
ORDER BY place.seq
LIMIT $5
