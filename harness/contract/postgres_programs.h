// Where Debian puts PostgreSQL's programs: below a folder named after the version, of which an image has one.
#ifndef HANGUP_CONTRACT_POSTGRES_PROGRAMS_H
#define HANGUP_CONTRACT_POSTGRES_PROGRAMS_H

#define POSTGRES_VERSIONS "/usr/lib/postgresql"
#define POSTGRES_PROGRAMS "bin" // below the version

#endif
