INSERT INTO stock (tenant, branch, product_id, quantity_milli, tracked, sold_as, rv)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (tenant, branch, product_id)
DO UPDATE SET quantity_milli = quantity_milli + excluded.quantity_milli,
              tracked = max(tracked, excluded.tracked),
              sold_as = coalesce(excluded.sold_as, sold_as),
              rv = excluded.rv
