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

// How the superuser comes in: no other server, and no file of anybody's, is asked for anything.
#define DATABASE_SUPERUSER_CONNINFO                                                                          \
    "host=" DATABASE_SOCKET_DIR " user=" DATABASE_SUPERUSER " dbname=" DATABASE_NAME                         \
    " application_name=hangup passfile=/nonexistent sslmode=disable gssencmode=disable"

extern const char database_postgresql_conf[];
extern const char database_pg_hba_conf[];
extern const char database_pg_ident_conf[];

// One statement a line, for single-user mode. The first list runs in database postgres, the second in
// DATABASE_NAME.
extern const char database_create_sql[];
extern const char database_schema_sql[];

#endif
