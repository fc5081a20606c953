// The program of a pooler in the path: the host looks whether the image has it, the guest starts it.
#ifndef HANGUP_CONTRACT_POOLER_H
#define HANGUP_CONTRACT_POOLER_H

#define POOLER_PGBOUNCER_PROGRAM "/usr/sbin/pgbouncer"

#endif
