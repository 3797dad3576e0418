-- One segment's ops in order. The bytes of a repeated op lie where it was first recorded, or among the variants.
SELECT place.seq,
       place.chain,
       coalesce(place.op, first.op, variant.op)
FROM op_log AS place
LEFT JOIN op_log AS first
       ON place.dup = 1 AND first.tenant = place.tenant AND first.op_id = place.op_id AND first.dup = 0
      AND first.op_hash = place.op_hash
LEFT JOIN op_variant AS variant
       ON place.dup = 1 AND variant.tenant = place.tenant AND variant.op_id = place.op_id
      AND variant.op_hash = place.op_hash
WHERE place.tenant = :tenant
  AND place.till = :till
  AND place.segment = :segment
  AND place.seq >= :from
ORDER BY place.seq
LIMIT :limit
