// A signalfd.
#include "host/end_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

int end_signals_catch(sigset_t *before)
{
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGHUP);
    sigprocmask(SIG_BLOCK, &caught, before);
    return signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
}

void end_signals_release(int signals_fd, const sigset_t *before)
{
    struct signalfd_siginfo taken;
    while (signals_fd >= 0 && read(signals_fd, &taken, sizeof(taken)) > 0)
        continue;
    if (signals_fd >= 0)
        close(signals_fd);
    sigprocmask(SIG_SETMASK, before, NULL);
}
