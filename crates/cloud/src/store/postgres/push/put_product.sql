INSERT INTO product (tenant, product_id, code, name, unit, price_minor, tax_class, tax_rate_bp, category, barcodes,
                     row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (tenant, product_id)
DO UPDATE SET code = excluded.code, name = excluded.name, unit = excluded.unit, price_minor = excluded.price_minor,
              tax_class = excluded.tax_class, tax_rate_bp = excluded.tax_rate_bp, category = excluded.category,
              barcodes = excluded.barcodes, deleted = false, row_version = excluded.row_version
