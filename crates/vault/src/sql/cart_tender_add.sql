INSERT INTO cart_tender (sale_id, tender_no, tender_id, kind, amount_minor, reference)
VALUES (
  :sale_id,
  1 + coalesce((SELECT max(tender_no) FROM cart_tender WHERE sale_id = :sale_id), 0),
  :tender_id, :kind, :amount_minor, :reference
)
