-- In the order of the table's own key, a few thousand at a time.
SELECT product_id, row_version, deleted, code, name, unit, price_minor, tax_class, tax_rate_bp, category, barcodes,
       coalesce((SELECT json_object_agg(field_group, version)::text FROM product_group AS g
                 WHERE g.tenant = p.tenant AND g.product_id = p.product_id), '{}') AS versions
FROM product AS p
WHERE tenant = $1 AND product_id > $2 AND NOT deleted
ORDER BY product_id
LIMIT $3
