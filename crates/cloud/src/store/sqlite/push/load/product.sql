SELECT code, name, unit, price_minor, tax_class, tax_rate_bp, category, barcodes, deleted
FROM product WHERE tenant = ?1 AND product_id = ?2
