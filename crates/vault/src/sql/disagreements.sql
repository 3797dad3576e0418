SELECT 'sale ' || s.number || ' has not its ' || s.lines || ' lines' AS words
FROM sale s
LEFT JOIN (
  SELECT op_no, count(*) AS lines, sum(gross_minor) AS gross_minor FROM sale_line GROUP BY op_no
) l ON l.op_no = s.op_no
WHERE l.lines IS NOT s.lines OR l.gross_minor IS NOT s.gross_minor
UNION ALL
SELECT 'the tenders of ' || s.number || ' are not what was paid'
FROM sale s
LEFT JOIN (SELECT op_no, sum(amount_minor) AS paid FROM tender GROUP BY op_no) t
  ON t.op_no = s.op_no
WHERE coalesce(t.paid, 0) <> s.to_pay_minor + s.change_minor
UNION ALL
SELECT 'the stock of product ' || hex(k.product_id) || ' is not the sum of its movements'
FROM stock k
LEFT JOIN (
  SELECT product_id, sum(delta_milli) AS moved FROM stock_movement GROUP BY product_id
) m ON m.product_id = k.product_id
WHERE coalesce(m.moved, 0) <> k.on_hand_milli
UNION ALL
SELECT 'product ' || hex(m.product_id) || ' moved and has no stock'
FROM stock_movement m
WHERE NOT EXISTS (SELECT 1 FROM stock k WHERE k.product_id = m.product_id)
LIMIT 1
