SELECT segment, seq
FROM (SELECT segment, seq FROM stream_head
      WHERE tenant = :tenant AND till = :till AND rv > :since
      ORDER BY rv DESC LIMIT :limit)
UNION ALL
SELECT segment, seq
FROM (SELECT h.segment, h.seq FROM stream_head AS h
      JOIN till AS t ON t.tenant = h.tenant AND t.till = h.till
      WHERE h.tenant = :tenant AND h.rv > :since AND h.till <> :till AND t.branch = :branch
      ORDER BY h.rv DESC LIMIT :limit)
