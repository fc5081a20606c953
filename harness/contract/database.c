// The managed database's settings and tables.
#include "contract/database.h"

// Server side time-outs and TCP settings are PostgreSQL's defaults: what a scenario shows must not depend on
// ours.
const char database_postgresql_conf[] = //
    "listen_addresses = '0.0.0.0'\n"    // the host that it runs on may change
    "unix_socket_directories = '" DATABASE_SOCKET_DIR "'\n"
    "max_connections = 60\n"
    "ssl = on\n"
    "ssl_cert_file = '" DATABASE_CERTIFICATE "'\n"
    "ssl_key_file = 'server.key'\n"
    "password_encryption = 'scram-sha-256'\n"
    "timezone = 'UTC'\n"
    "log_timezone = 'UTC'\n"
    // The log is evidence: pings and connects are counted here, not claimed by the subject.
    "log_line_prefix = '%m [%p] '\n"
    "log_connections = on\n"
    "log_disconnections = on\n"
    "log_statement = 'all'\n"
    // Background work that would only wake the guest: an idle virtual second should cost nothing.
    "autovacuum = off\n"
    "bgwriter_lru_maxpages = 0\n"
    "bgwriter_delay = 10s\n"
    "wal_writer_delay = 10s\n"
    "checkpoint_timeout = 1d\n"
    "max_logical_replication_workers = 0\n"
    "max_parallel_workers = 0\n"
    // What a start would do a thousand times for nothing: duplicate a descriptor to see whether it may, and
    // fill tables of locks that nobody takes. Each costs a change between the guest's kernel and its process.
    "max_files_per_process = 64\n"
    "max_locks_per_transaction = 10\n"
    "max_pred_locks_per_transaction = 10\n"
    // The disk is a tmpfs that ends with the cell.
    "fsync = off\n"
    "wal_level = minimal\n"
    "max_wal_senders = 0\n"
    "min_wal_size = 2MB\n"
    "shared_buffers = 8MB\n"
    "huge_pages = off\n"
    "jit = off\n";

// Subjects are told to verify the certificate; only the atlas's probes are asked to come without TLS too.
const char database_pg_hba_conf[] = //
    "local   all  " DATABASE_SUPERUSER "             peer map=lab\n"
    "host     all  " DATABASE_SUPERUSER "  0.0.0.0/0  reject\n"
    "host     all  all  0.0.0.0/0  scram-sha-256\n";

const char database_pg_ident_conf[] = "lab root " DATABASE_SUPERUSER "\n";

const char database_create_sql[] = //
    "CREATE ROLE " DATABASE_USER " LOGIN PASSWORD '" DATABASE_PASSWORD "'\n"
    // An empty statement of the extended protocol (pgjdbc's ping) is logged nowhere else than with its
    // duration.
    "ALTER ROLE " DATABASE_USER " SET log_min_duration_statement = 0\n"
    "CREATE DATABASE " DATABASE_NAME " OWNER " DATABASE_USER "\n"
    "ALTER DATABASE template0 IS_TEMPLATE false\n"
    "ALTER DATABASE template1 IS_TEMPLATE false\n"
    "DROP DATABASE template0\n"
    "DROP DATABASE template1\n";

// The ledger's half in the database: a trigger notes each row of blog_posts, whatever the application does
// with the row later. The application owns the database, its schema public and blog_posts: what it puts there
// (a table or a view of the ledger's name, a type whose conversion is a function) must not run with anybody's
// rights but its own. So the ledger has a schema of its own, and the trigger the rights of a role that can
// add to the ledger and nothing else.
const char database_schema_sql[] = //
    "DROP DATABASE postgres\n"
    "CREATE TABLE blog_posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL,"
    " title text NOT NULL DEFAULT 'Untitled')\n"
    "CREATE SCHEMA " DATABASE_LEDGER_SCHEMA "\n"
    "CREATE TABLE " DATABASE_LEDGER
    " (key text NOT NULL, backend_pid int NOT NULL DEFAULT pg_backend_pid(), transaction xid8 NOT NULL DEFAULT pg_current_xact_id())\n"
    "CREATE ROLE " DATABASE_LEDGER_WRITER "\n"
    "GRANT USAGE ON SCHEMA " DATABASE_LEDGER_SCHEMA " TO " DATABASE_LEDGER_WRITER "\n"
    "GRANT INSERT ON " DATABASE_LEDGER " TO " DATABASE_LEDGER_WRITER "\n"
    "CREATE FUNCTION " DATABASE_LEDGER_SCHEMA
    ".note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS 'BEGIN INSERT INTO " DATABASE_LEDGER
    " (key) VALUES (NEW.key); RETURN NULL; END'\n"
    "ALTER FUNCTION " DATABASE_LEDGER_SCHEMA ".note() OWNER TO " DATABASE_LEDGER_WRITER "\n"
    "REVOKE EXECUTE ON FUNCTION " DATABASE_LEDGER_SCHEMA ".note() FROM PUBLIC\n"
    "CREATE TRIGGER ledger AFTER INSERT ON blog_posts FOR EACH ROW"
    " EXECUTE FUNCTION " DATABASE_LEDGER_SCHEMA ".note()\n"
    "ALTER TABLE blog_posts OWNER TO " DATABASE_USER "\n"
    "VACUUM (FULL, FREEZE)\n";
