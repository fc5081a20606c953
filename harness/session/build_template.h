// Making the database template, in a guest of its own.
#ifndef HANGUP_SESSION_BUILD_TEMPLATE_H
#define HANGUP_SESSION_BUILD_TEMPLATE_H

#include "base/error.h"

// For PID 1: leaves the template in the working directory.
bool database_template_make(struct error *error) MUST_CHECK;

#endif
