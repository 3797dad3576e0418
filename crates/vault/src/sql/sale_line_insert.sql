INSERT INTO sale_line (
  op_no, line_no, product_id, code, name, unit, quantity_milli, unit_price_minor, discount_bp,
  tax_class, tax_rate_bp, net_minor, tax_minor, gross_minor, of_line, back_to_stock
) VALUES (
  :op_no, :line_no, :product_id, :code, :name, :unit, :quantity_milli, :unit_price_minor,
  :discount_bp, :tax_class, :tax_rate_bp, :net_minor, :tax_minor, :gross_minor, :of_line,
  :back_to_stock
)
