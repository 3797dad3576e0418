INSERT INTO sale (
  op_no, sale_id, kind, of_sale, number, currency, operator_name, completed_at_ms, reference,
  lines, net_minor, tax_minor, gross_minor, cash_rounding_minor, to_pay_minor, change_minor
) VALUES (
  :op_no, :sale_id, :kind, :of_sale, :number, :currency, :operator_name, :completed_at_ms,
  :reference, :lines, :net_minor, :tax_minor, :gross_minor, :cash_rounding_minor, :to_pay_minor,
  :change_minor
)
