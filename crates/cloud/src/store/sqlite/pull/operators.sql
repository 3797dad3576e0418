-- `here`: alive, and of this branch.
SELECT rv, operator_id, name, role, active, pin_phc, here
FROM (SELECT *, deleted = 0 AND (branches IS NULL OR EXISTS (SELECT 1 FROM json_each(branches) WHERE value = ?6)) AS here
      FROM operator)
WHERE tenant = ?1 AND (rv, operator_id) > (?2, ?3) AND (here OR rv > ?4)
ORDER BY rv, operator_id
LIMIT ?5
