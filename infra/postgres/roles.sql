-- The database's roles: an owner that migrates, an application role that owns nothing, and one
-- that reads everything, of all centres, for backups.
--
-- Run by psql as a superuser, any number of times. Names and passwords come from psql's environment,
-- so that none is on a command line: DB_NAME, DB_OWNER, DB_OWNER_PASSWORD, DB_APP, DB_APP_PASSWORD,
-- DB_BACKUP, DB_BACKUP_PASSWORD.

\set ON_ERROR_STOP on
\set QUIET on
\getenv database DB_NAME
\getenv owner DB_OWNER
\getenv owner_password DB_OWNER_PASSWORD
\getenv app DB_APP
\getenv app_password DB_APP_PASSWORD
\getenv backup DB_BACKUP
\getenv backup_password DB_BACKUP_PASSWORD

-- Passwords stand in the statements below: none of these may reach the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET log_duration = off;
SET client_min_messages = 'warning';

SELECT format('CREATE ROLE %I', role)
  FROM unnest(ARRAY[:'owner', :'app', :'backup']) AS role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec

ALTER ROLE :"owner" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
ALTER ROLE :"app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'app_password';
ALTER ROLE :"app" SET statement_timeout = '30s';
-- Row-level security would hide every centre from a dump.
ALTER ROLE :"backup" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS
  PASSWORD :'backup_password';
ALTER ROLE :"backup" SET default_transaction_read_only = on;
GRANT pg_read_all_data TO :"backup";

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app", :"backup";

\connect :"database"
\ir grants.sql
-- Also in template1, so that every database the owner makes later (the tests make some) has them.
\connect template1
\ir grants.sql
