-- What the count found that a product's figure rests on.
ALTER TABLE stock ADD COLUMN counted_milli bigint;
