// hangup-lab: PID 1 of a guest. It is not started by hand: hangup boots a guest with it.
#include "session/init.h"

#include <stdio.h>
#include <unistd.h>

int main(void)
{
    if (getpid() == 1)
        lab_init_main();
    fputs(
        "hangup-lab: this is the inside of a lab, and works as PID 1 of a guest only: the program hangup boots one\n",
        stderr);
    return 2;
}
