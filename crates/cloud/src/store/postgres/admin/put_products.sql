INSERT INTO product (tenant, product_id, code, name, unit, price_minor, tax_class, tax_rate_bp, category, barcodes,
                     row_version)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[],
                         $9::text[], $10::text[], $11::bigint[])
ON CONFLICT (tenant, product_id)
DO UPDATE SET code = excluded.code, name = excluded.name, unit = excluded.unit, price_minor = excluded.price_minor,
              tax_class = excluded.tax_class, tax_rate_bp = excluded.tax_rate_bp, category = excluded.category,
              barcodes = excluded.barcodes, deleted = false, row_version = excluded.row_version
