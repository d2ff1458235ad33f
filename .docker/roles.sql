-- The roles of an instance, made once, when the database is new. psql gives the names and passwords:
--   psql -v database=… -v owner_password=… -v app_password=… -f roles.sql
-- The image's own superuser is used for this and for restoring, and by nothing else.

-- Owns the tables; used by the one-shot "migrate". It sees no couple's rows either, but while it migrates.
CREATE ROLE reconnect_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';

-- The app: reads and writes rows, changes no table, and passes by no policy: it sees what is whose request it serves.
CREATE ROLE reconnect_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';

-- Backups: reads everything, writes nothing. It has no password, so it works through the local socket alone.
CREATE ROLE reconnect_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
GRANT pg_read_all_data TO reconnect_backup;

ALTER DATABASE :"database" OWNER TO reconnect_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO reconnect_app, reconnect_backup;

ALTER SCHEMA public OWNER TO reconnect_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO reconnect_app, reconnect_backup;

-- What migrations make from now on is open to the app, row by row.
ALTER DEFAULT PRIVILEGES FOR ROLE reconnect_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO reconnect_app;
ALTER DEFAULT PRIVILEGES FOR ROLE reconnect_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO reconnect_app;
