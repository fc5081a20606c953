// How long a round trip takes, learnt as TCP does (RFC 6298), and after how long a ping is late.
#include "pqpool_exchange.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define LEAST_US     3000   // a busy server or scheduler adds as much
#define UNLEARNT_US  200000 // nothing learnt yet: TCP's own minimum timeout
#define SAMPLE_LIMIT 2      // one late answer at most doubles the limit

int64_t pqpool_round_trip_limit_us(const struct pqpool_round_trip *learnt)
{
    if (learnt->smoothed_us == 0)
        return UNLEARNT_US;
    int64_t spread_us = 4 * learnt->deviation_us;
    return learnt->smoothed_us + (spread_us > LEAST_US ? spread_us : LEAST_US);
}

void pqpool_round_trip_learn(struct pqpool_round_trip *learnt, int64_t sample_us)
{
    int64_t limit_us = SAMPLE_LIMIT * pqpool_round_trip_limit_us(learnt);
    if (sample_us > limit_us) // an outage, more likely than a path that became so slow
        sample_us = limit_us;
    if (learnt->smoothed_us == 0) {
        learnt->smoothed_us = sample_us > 0 ? sample_us : 1;
        learnt->deviation_us = sample_us / 2;
        return;
    }
    int64_t difference_us = sample_us - learnt->smoothed_us;
    int64_t distance_us = difference_us < 0 ? -difference_us : difference_us;
    learnt->deviation_us += (distance_us - learnt->deviation_us) / 4;
    learnt->smoothed_us += difference_us / 8;
}

int64_t pqpool_socket_round_trip_us(const PGconn *pgconn)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    return getsockopt(PQsocket(pgconn), IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_rtt : 0;
}
