// PID 1 of a guest: builds the lab around itself, does its task, and switches the guest off.
#ifndef HANGUP_LAB_INIT_H
#define HANGUP_LAB_INIT_H

#include <stdnoreturn.h>

noreturn void lab_init_main(void);

#endif
