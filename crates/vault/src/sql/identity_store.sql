INSERT INTO identity (
  one, tenant, branch, till, genesis_tenant, genesis_branch, public_key, changed_at_ms
) VALUES (
  1, :tenant, :branch, :till, :genesis_tenant, :genesis_branch, :public_key, :changed_at_ms
)
ON CONFLICT (one) DO UPDATE SET
  tenant = excluded.tenant, branch = excluded.branch, changed_at_ms = excluded.changed_at_ms
