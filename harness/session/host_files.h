// Which of the host's files a guest has opened: what a program read decides what it does.
#ifndef HANGUP_SESSION_HOST_FILES_H
#define HANGUP_SESSION_HOST_FILES_H

#include "base/error.h"

// Writes their paths on the host as a list of JSON texts to the file `name`. False: ERROR_LAB.
bool lab_host_files_write(const char *name, struct error *error) MUST_CHECK;

#endif
