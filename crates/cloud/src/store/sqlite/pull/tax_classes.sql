SELECT rv, code, name, rate_bp, deleted
FROM tax_class
WHERE tenant = ?1 AND (rv, code) > (?2, ?3) AND (deleted = 0 OR rv > ?4)
ORDER BY rv, code
LIMIT ?5
