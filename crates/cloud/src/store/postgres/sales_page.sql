SELECT kind, sale_id, sale.op_id, branch, sale.till, sale.segment, sale.seq, of_sale, sale.rv, line_count,
       receipt_number, operator_name, completed_at_ms, reference, currency,
       net_minor, tax_minor, gross_minor, op_log.outcome
FROM sale
JOIN op_log ON op_log.tenant = $1 AND op_log.op_id = sale.op_id AND NOT op_log.dup
WHERE sale.tenant = $1
  AND ($2::uuid IS NULL OR branch = $2)
  AND (sale.rv, sale.op_id) > ($3, $4)
ORDER BY sale.rv, sale.op_id
LIMIT $5
