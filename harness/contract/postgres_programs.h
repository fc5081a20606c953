// Where Debian puts PostgreSQL's programs.
#ifndef HANGUP_CONTRACT_POSTGRES_PROGRAMS_H
#define HANGUP_CONTRACT_POSTGRES_PROGRAMS_H

#define POSTGRES_FOLDER "/usr/lib/postgresql/15/bin"
#define POSTGRES        POSTGRES_FOLDER "/postgres"
#define POSTGRES_INITDB POSTGRES_FOLDER "/initdb"

#define POSTGRES_PACKAGE "postgresql-15"

#endif
