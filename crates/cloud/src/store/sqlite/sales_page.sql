SELECT kind, sale_id, sale.op_id, branch, sale.till, sale.segment, sale.seq, of_sale, sale.rv, line_count,
       receipt_number, operator_name, completed_at_ms, reference, currency,
       net_minor, tax_minor, gross_minor, op_log.outcome
FROM sale
JOIN op_log ON op_log.tenant = sale.tenant AND op_log.op_id = sale.op_id AND op_log.dup = 0
WHERE sale.tenant = :tenant
  AND (:branch IS NULL OR branch = :branch)
  AND (sale.rv, sale.op_id) > (:after, :after_id)
ORDER BY sale.rv, sale.op_id
LIMIT :limit
