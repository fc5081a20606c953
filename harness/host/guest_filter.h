// Which system calls the process that is a guest may make on the host: those that User-mode Linux needs, with
// arguments that do not reach beyond it (seccomp). It applies to the guest's kernel and to the processes it
// makes; what programs in the guest call is caught before that and answered by the guest's kernel.
#ifndef HANGUP_HOST_GUEST_FILTER_H
#define HANGUP_HOST_GUEST_FILTER_H

#include "base/error.h"

struct guest_filter {
    // Modes, owners and times of files: no Landlock right covers them, so only who writes files for the user
    // may set them. Set-user-id and set-group-id bits can never be set.
    bool may_set_attributes;
    // By path; Landlock looks at it from ABI 3 on.
    bool may_truncate;
};

bool guest_filter_is_possible(void);

// Of the calling process, and not to be taken back. Needs PR_SET_NO_NEW_PRIVS.
bool guest_filter_enter(const struct guest_filter *filter, struct error *error) MUST_CHECK;

#endif
