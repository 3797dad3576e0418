-- A product's own movements, newest last: "why is it 7?", and what the cloud's figure does not hold yet.
CREATE INDEX movement_of_product ON stock_movement (product_id, op_no, delta_milli);

-- Whether head office gave this person; its word decides then whether they may sign in.
ALTER TABLE operator ADD COLUMN from_cloud INTEGER NOT NULL DEFAULT 0 CHECK (from_cloud IN (0, 1));
