SELECT t.till, t.name, t.branch, b.name AS branch_name, t.enrolled_at_ms, t.revoked_at_ms,
       c.seen_at_ms, c.app, c.backlog, c.proof_ok, h.seq, h.chain
FROM till AS t
JOIN branch AS b ON b.tenant = t.tenant AND b.branch = t.branch
LEFT JOIN till_contact AS c ON c.tenant = t.tenant AND c.till = t.till
LEFT JOIN LATERAL (SELECT seq, chain FROM stream_head AS l WHERE l.tenant = t.tenant AND l.till = t.till
                   ORDER BY l.seq DESC, l.rv DESC LIMIT 1) AS h ON true
WHERE t.tenant = $1 AND ($2::uuid IS NULL OR t.branch = $2)
  AND NOT EXISTS (SELECT 1 FROM head_office AS o WHERE o.tenant = t.tenant AND o.till = t.till)
ORDER BY t.name COLLATE "C", t.till
