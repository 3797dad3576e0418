(SELECT segment, seq FROM stream_head
 WHERE tenant = $1 AND till = $3 AND rv > $4
 ORDER BY rv DESC LIMIT $5)
UNION ALL
(SELECT h.segment, h.seq FROM stream_head AS h
 JOIN till AS t ON t.tenant = h.tenant AND t.till = h.till
 WHERE h.tenant = $1 AND h.rv > $4 AND h.till <> $3 AND t.branch = $2
 ORDER BY h.rv DESC LIMIT $5)
