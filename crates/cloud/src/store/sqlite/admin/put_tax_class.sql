INSERT INTO tax_class (tenant, rv, code, name, rate_bp, deleted) VALUES (?1, ?2, ?3, ?4, ?5, 0)
ON CONFLICT (tenant, code) DO UPDATE
SET rv = excluded.rv, name = excluded.name, rate_bp = excluded.rate_bp, deleted = 0
WHERE deleted = 1 OR (name, rate_bp) IS NOT (excluded.name, excluded.rate_bp)
