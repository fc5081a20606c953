// Where and how to connect: conninfo, and the TCP options that stand beside it.
#include "pqpool_exchange.h"

#include <stdio.h>

static void add_keyword(struct pqpool_target *target, int *count, const char *keyword, int number)
{
    if (number == 0)
        return;
    char *text = target->numbers[*count];
    snprintf(text, sizeof target->numbers[0], "%d", number);
    target->keywords[*count] = keyword;
    target->values[*count] = text;
    ++*count;
}

void pqpool_target_init(struct pqpool_target *target, const struct pqpool_options *options)
{
    // libpq takes a whole conninfo in place of the database's name; what follows takes precedence.
    *target = (struct pqpool_target){.keywords[0] = "dbname", .values[0] = options->conninfo};
    int count = 1;
    add_keyword(target, &count, "keepalives_idle", options->keepalive_idle_s);
    add_keyword(target, &count, "keepalives_interval", options->keepalive_interval_s);
    add_keyword(target, &count, "keepalives_count", options->keepalive_count);
    add_keyword(target, &count, "tcp_user_timeout", options->tcp_user_timeout_ms);
}
