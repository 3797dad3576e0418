SELECT product.product_id, product.code, product.name, product.unit, product.price_minor, product.tax_class,
       product.tax_rate_bp, product.category, product.barcodes, product.deleted,
       edited.field_group, edited.version, edited.till, edited.operator_name, edited.at_ms
FROM product
LEFT JOIN product_group AS edited ON edited.tenant = $1 AND edited.product_id = product.product_id
WHERE product.tenant = $1 AND product.product_id = ANY ($2)
