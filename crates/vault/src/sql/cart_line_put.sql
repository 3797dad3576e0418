INSERT INTO cart_line (
  sale_id, line_no, product_id, code, name, unit, quantity_milli, unit_price_minor,
  list_price_minor, price_reason, discount_bp, tax_class, tax_rate_bp, voided
) VALUES (
  :sale_id, :line_no, :product_id, :code, :name, :unit, :quantity_milli, :unit_price_minor,
  :list_price_minor, :price_reason, :discount_bp, :tax_class, :tax_rate_bp, :voided
)
ON CONFLICT (sale_id, line_no) DO UPDATE SET
  product_id = excluded.product_id, code = excluded.code, name = excluded.name,
  unit = excluded.unit, quantity_milli = excluded.quantity_milli,
  unit_price_minor = excluded.unit_price_minor, list_price_minor = excluded.list_price_minor,
  price_reason = excluded.price_reason, discount_bp = excluded.discount_bp,
  tax_class = excluded.tax_class, tax_rate_bp = excluded.tax_rate_bp, voided = excluded.voided
