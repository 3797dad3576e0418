-- Positions of the till's segments less those that repeat a fact; sales and refunds from their own rows; its last head.
SELECT (SELECT count(*)
        FROM stream_head JOIN op_log USING (tenant, segment)
        WHERE stream_head.tenant = $1 AND stream_head.till = $2)
     - (SELECT count(*) FROM op_log WHERE tenant = $1 AND till = $2 AND dup) AS ops,
       book.sales,
       book.refunds,
       book.lines,
       book.net_minor,
       coalesce(head.seq, 0) AS head_seq,
       head.chain AS head_chain
FROM (SELECT count(*) FILTER (WHERE kind = 'sale') AS sales,
             count(*) FILTER (WHERE kind = 'refund') AS refunds,
             coalesce(sum(line_count), 0)::bigint AS lines,
             coalesce(sum(CASE WHEN kind = 'sale' THEN net_minor ELSE -net_minor END), 0)::bigint AS net_minor
      FROM sale
      WHERE tenant = $1 AND till = $2) AS book
LEFT JOIN LATERAL (SELECT seq, chain
                   FROM stream_head
                   WHERE tenant = $1 AND till = $2
                   ORDER BY seq DESC, rv DESC
                   LIMIT 1) AS head ON true
