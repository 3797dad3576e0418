SELECT product.product_id, edited.field_group, edited.version, edited.till
FROM product
LEFT JOIN product_group AS edited ON edited.tenant = $1 AND edited.product_id = product.product_id
WHERE product.tenant = $1 AND product.product_id = ANY ($2)
