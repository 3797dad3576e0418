-- Two lines of one refund may give back parts of the same line.
INSERT INTO given_back (tenant, of_sale, of_line, op_id, quantity_milli)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (tenant, of_sale, of_line, op_id)
DO UPDATE SET quantity_milli = quantity_milli + excluded.quantity_milli
