// PID 1 of a guest: builds the lab around itself, does its task, and switches the guest off.
#ifndef HANGUP_SESSION_INIT_H
#define HANGUP_SESSION_INIT_H

#include <stdnoreturn.h>

noreturn void lab_init_main(void);

#endif
