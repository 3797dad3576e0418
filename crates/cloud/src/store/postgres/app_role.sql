-- Superusers and roles with BYPASSRLS walk through row-level security: whoever is one works as this role instead.
-- It may read and write rows, and of facts only add them.
DO $$
DECLARE
    place name := current_schema();
    fact  text;
BEGIN
    BEGIN
        CREATE ROLE holdfast_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    EXCEPTION
        -- Roles belong to the whole server: another database, or another process just now, has made it.
        WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'holdfast_app' AND (rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION 'the role holdfast_app may walk through row-level security: ALTER ROLE holdfast_app NOSUPERUSER NOBYPASSRLS';
    END IF;
    IF NOT pg_has_role(current_role, 'holdfast_app', 'MEMBER') THEN
        EXECUTE format('GRANT holdfast_app TO %I', current_role);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO holdfast_app', place);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO holdfast_app', place);
    FOREACH fact IN ARRAY ARRAY['op_log', 'op_variant', 'stock_ledger', 'op_unparked', 'office_log'] LOOP
        IF to_regclass(fact) IS NOT NULL THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM holdfast_app', fact);
        END IF;
    END LOOP;
END
$$;
