// In a guest: what the vsyscall page says of the time. A program that was linked long ago calls it, and no
// kernel of the guest's is asked.
#include <stdio.h>

int main(void)
{
    long value[2] = {0, 0};
    long (*page_timeofday)(long *, void *) = (long (*)(long *, void *))0xffffffffff600000;
    long (*page_time)(long *) = (long (*)(long *))0xffffffffff600400;
    long (*page_getcpu)(
        unsigned *, unsigned *, void *) = (long (*)(unsigned *, unsigned *, void *))0xffffffffff600800;
    unsigned cpu = 1234;
    long time = page_time(0), timeofday = page_timeofday(value, 0), getcpu = page_getcpu(&cpu, 0, 0);
    printf("time %ld gettimeofday %ld: %ld getcpu %ld: %u\n", time, timeofday, value[0], getcpu, cpu);
    return 0;
}
