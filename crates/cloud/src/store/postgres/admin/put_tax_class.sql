INSERT INTO tax_class AS held (tenant, rv, code, name, rate_bp, deleted) VALUES ($1, $2, $3, $4, $5, false)
ON CONFLICT (tenant, code) DO UPDATE
SET rv = excluded.rv, name = excluded.name, rate_bp = excluded.rate_bp, deleted = false
WHERE held.deleted OR (held.name, held.rate_bp) IS DISTINCT FROM (excluded.name, excluded.rate_bp)
