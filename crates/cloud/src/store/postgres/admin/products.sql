SELECT product_id, code, name, unit, price_minor, tax_class, tax_rate_bp, category, barcodes, deleted,
       (SELECT coalesce(json_object_agg(field_group, version), '{}')::text FROM product_group AS g
        WHERE g.tenant = p.tenant AND g.product_id = p.product_id) AS versions
FROM product AS p
WHERE tenant = $1 AND NOT deleted AND (name COLLATE "C", product_id) > ($2, $3)
  AND NOT EXISTS (SELECT 1 FROM unnest($4::text[]) AS word
                  WHERE strpos(lower(name || chr(10) || coalesce(code, '') || chr(10) || barcodes), word) = 0)
ORDER BY name COLLATE "C", product_id
LIMIT $5
