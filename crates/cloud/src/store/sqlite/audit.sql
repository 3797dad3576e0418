-- Positions of the till's segments less those that repeat a fact; sales and refunds from their own rows.
SELECT (SELECT count(*)
        FROM stream_head JOIN op_log USING (tenant, segment)
        WHERE stream_head.tenant = :tenant AND stream_head.till = :till)
     - (SELECT count(*) FROM op_log WHERE tenant = :tenant AND till = :till AND dup = 1),
       count(*) FILTER (WHERE kind = 'sale'),
       count(*) FILTER (WHERE kind = 'refund'),
       coalesce(sum(line_count), 0),
       coalesce(sum(iif(kind = 'sale', net_minor, -net_minor)), 0)
FROM sale
WHERE tenant = :tenant AND till = :till
