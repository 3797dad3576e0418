-- In the order of the table's own key: every page of the file is read once.
SELECT product_id, row_version, deleted, code, name, unit, price_minor, tax_class, tax_rate_bp, category, barcodes,
       (SELECT json_group_object(field_group, version) FROM product_group AS g
        WHERE g.tenant = p.tenant AND g.product_id = p.product_id)
FROM product AS p
WHERE tenant = ?1 AND deleted = 0
ORDER BY product_id
