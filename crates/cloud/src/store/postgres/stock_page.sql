SELECT stock.branch, stock.product_id, coalesce(product.name, stock.sold_as) AS name, stock.quantity_milli, stock.rv
FROM stock
LEFT JOIN product ON product.tenant = $1 AND product.product_id = stock.product_id
WHERE stock.tenant = $1
  AND ($2::uuid IS NULL OR stock.branch = $2)
  AND (stock.rv, stock.product_id) > ($3, $4)
ORDER BY stock.rv, stock.product_id
LIMIT $5
