SELECT product_id, code, name, unit, price_minor, tax_class, tax_rate_bp, category, barcodes, deleted,
       (SELECT coalesce(json_object_agg(field_group, version), '{}')::text FROM product_group AS g
        WHERE g.tenant = p.tenant AND g.product_id = p.product_id) AS versions
FROM product AS p
WHERE tenant = $1 AND product_id = ANY ($2)
