-- The name on the last receipt, for products that no op has described.
ALTER TABLE stock ADD COLUMN sold_as TEXT;

-- Old keys are forgotten tenant by tenant.
DROP INDEX idempotency_key_by_age;
CREATE INDEX idempotency_key_by_age ON idempotency_key (tenant, seen_at_ms);
