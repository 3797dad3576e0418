-- What another life of this cloud had told counts as nothing seen.
SELECT asked.place, moved.kind, moved.delta_milli, moved.till, moved.hlc_ms, moved.hlc_counter
FROM unnest($3::uuid[], $4::uuid[], $5::bigint[]) WITH ORDINALITY AS asked (product, epoch, row_version, place)
JOIN stock_ledger AS moved
  ON moved.tenant = $1 AND moved.branch = $2 AND moved.product_id = asked.product
 AND moved.rv > CASE WHEN asked.epoch = (SELECT cloud_epoch FROM cloud) THEN asked.row_version ELSE 0 END
