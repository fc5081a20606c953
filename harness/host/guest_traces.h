// What only a guest needed of its folder, and is of no use afterwards.
#ifndef HANGUP_HOST_GUEST_TRACES_H
#define HANGUP_HOST_GUEST_TRACES_H

// The task; the program of exec with the user's environment, and its input; the kernel's home.
void guest_traces_remove(const char *folder);

#endif
