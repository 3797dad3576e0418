-- A sale with its bytes, a refund without.
SELECT sale.sale_id, sale.op_id, sale.till, sale.receipt_number, sale.operator_name, sale.completed_at_ms,
       sale.gross_minor, log.op
FROM sale
LEFT JOIN op_log AS log
       ON sale.kind = 'sale' AND log.tenant = $1 AND log.op_id = sale.op_id AND NOT log.dup
WHERE sale.tenant = $1 AND sale.sale_id = ANY ($2)
