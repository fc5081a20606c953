// What the managed database is made of: its settings, who may come in, its tables. Part of the template's
// identity.
#ifndef HANGUP_CONTRACT_DATABASE_H
#define HANGUP_CONTRACT_DATABASE_H

#define DATABASE_NAME       "app"
#define DATABASE_USER       "app"
#define DATABASE_PASSWORD   "not-a-secret" // the lab is sealed; it is here so that SCRAM costs its round trips
#define DATABASE_SUPERUSER  "hangup"       // PID 1 only, as root, over a socket that the server alone can see
#define DATABASE_SOCKET_DIR "/run/server"

// Certificates in the data directory: the one that is in use, and two that clients must refuse.
#define DATABASE_CERTIFICATE            "server.crt"
#define DATABASE_CERTIFICATE_EXPIRED    "expired.crt"
#define DATABASE_CERTIFICATE_WRONG_NAME "wrong-name.crt"
#define DATABASE_WRONG_NAME             "elsewhere.hangup.test"

// Where the database's half of the ledger stands. The application has no way in.
#define DATABASE_LEDGER_SCHEMA "hangup"
#define DATABASE_LEDGER        DATABASE_LEDGER_SCHEMA ".ledger"
#define DATABASE_LEDGER_WRITER "hangup_ledger" // nobody logs in as this role

// How the superuser comes in: no other server, and no file of anybody's, is asked for anything; nothing that
// the application has set for its database holds for the session; and a server that does not answer is an
// error.
#define DATABASE_SUPERUSER_CONNINFO                                                                          \
    "host=" DATABASE_SOCKET_DIR " user=" DATABASE_SUPERUSER " dbname=" DATABASE_NAME                         \
    " application_name=hangup passfile=/nonexistent sslmode=disable gssencmode=disable connect_timeout=10"   \
    " client_encoding=UTF8"                                                                                  \
    " options='-c role=none -c search_path=pg_catalog -c statement_timeout=10s'"

extern const char database_postgresql_conf[];
extern const char database_pg_hba_conf[];
extern const char database_pg_ident_conf[];

// One statement a line, for single-user mode. The first list runs in database postgres, the second in
// DATABASE_NAME.
extern const char database_create_sql[];
extern const char database_schema_sql[];

#endif
