-- What an upgrade made of a parked op counts from then on, also where the op is a repeated one.
SELECT place.segment, place.seq, place.op_id, place.chain, place.received_at_ms,
       CASE WHEN later.op_id IS NULL OR place.dup THEN place.outcome ELSE later.outcome END AS outcome,
       CASE WHEN later.op_id IS NULL THEN place.code ELSE later.code END AS code,
       CASE WHEN later.op_id IS NULL THEN place.conflict ELSE later.conflict END AS conflict
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS range (segment, first, last)
JOIN op_log AS place
  ON place.tenant = $1 AND place.segment = range.segment AND place.seq BETWEEN range.first AND range.last
LEFT JOIN op_unparked AS later
  ON later.tenant = $1 AND later.op_id = place.op_id AND later.op_hash = place.op_hash
