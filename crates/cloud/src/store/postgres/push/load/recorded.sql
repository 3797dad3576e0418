SELECT place.segment, place.seq, place.op_id, place.chain, place.outcome, place.code, place.conflict,
       place.received_at_ms
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS range (segment, first, last)
JOIN op_log AS place
  ON place.tenant = $1 AND place.segment = range.segment AND place.seq BETWEEN range.first AND range.last
