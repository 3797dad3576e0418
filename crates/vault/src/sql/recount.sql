SELECT
  (SELECT count(*) FROM op) AS ops,
  (SELECT count(*) FROM sale WHERE kind = 'sale') AS sales,
  (SELECT count(*) FROM sale WHERE kind = 'refund') AS refunds,
  (SELECT count(*) FROM sale_line) AS lines,
  (SELECT coalesce(sum(CASE kind WHEN 'sale' THEN net_minor ELSE -net_minor END), 0) FROM sale)
    AS net_minor
