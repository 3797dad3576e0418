INSERT INTO stock AS now (tenant, branch, rv, product_id, quantity_milli, tracked, sold_as)
SELECT $1, $2, $3, * FROM unnest($4::uuid[], $5::bigint[], $6::boolean[], $7::text[])
ON CONFLICT (tenant, branch, product_id)
DO UPDATE SET quantity_milli = now.quantity_milli + excluded.quantity_milli,
              tracked = now.tracked OR excluded.tracked,
              sold_as = coalesce(excluded.sold_as, now.sold_as),
              rv = excluded.rv
