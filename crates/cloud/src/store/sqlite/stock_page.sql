SELECT stock.branch, stock.product_id, coalesce(product.name, stock.sold_as), stock.quantity_milli, stock.rv
FROM stock
LEFT JOIN product USING (tenant, product_id)
WHERE stock.tenant = :tenant
  AND (:branch IS NULL OR stock.branch = :branch)
  AND (stock.rv, stock.product_id) > (:after, :after_id)
ORDER BY stock.rv, stock.product_id
LIMIT :limit
