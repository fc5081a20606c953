// A TCP proxy: for each connection that comes in, one to the server, and what is said on the one is said on
// the other. Each of the two has a kernel's acknowledgements of its own, whatever becomes of the other.
#ifndef HANGUP_LAB_TCP_PROXY_H
#define HANGUP_LAB_TCP_PROXY_H

#include "scenario/scenario.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdint.h>

#define TCP_PROXY_DROPS 4096 // that can be told of

// What it tells PID 1, in memory that both see.
struct tcp_proxy_news {
    _Atomic int64_t next_us; // when a connection is dropped if nothing more is said; INT64_MAX: none
    _Atomic uint32_t dropped;
    uint16_t ports[TCP_PROXY_DROPS]; // of the application, for each that was dropped
};

// The process: never returns. `listen_fd` is non-blocking.
_Noreturn void tcp_proxy_serve(int listen_fd, const struct sockaddr_in *server, const struct proxy *settings,
    struct tcp_proxy_news *news);

#endif
