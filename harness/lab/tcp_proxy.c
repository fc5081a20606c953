// One loop over all connections. It has no business with what is said, only with whether anything is.
#include "lab/tcp_proxy.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_US (5 * US_PER_S) // as proxies are set up: HAProxy's manual and Envoy have 5 s
#define BUFFER_BYTES       16384

enum side { SIDE_APP, SIDE_SERVER, SIDES };

struct half {
    int fd;               // -1: the proxy has ended it
    bool ended;           // nothing more comes from there
    bool told;            // that nothing more comes from the other half
    size_t start, length; // of what it said and the other half has not taken yet
    uint8_t said[BUFFER_BYTES];
};

// A pair of connections. It is over when the application's half is.
struct pair {
    struct half half[SIDES];
    bool connecting;
    uint16_t port; // the application's
    int64_t active_us;
    struct pair *next;
};

struct tcp_proxy {
    int listen_fd;
    const struct sockaddr_in *server;
    const struct proxy *settings;
    struct tcp_proxy_news *news;
    struct pair *pairs;
    size_t count;
    struct pollfd *watched; // the listener, and two for each pair
};

static void end_half(struct half *half)
{
    if (half->fd >= 0)
        close(half->fd);
    half->fd = -1;
    half->length = 0;
}

static void end_pair(struct pair *pair)
{
    end_half(&pair->half[SIDE_SERVER]);
    end_half(&pair->half[SIDE_APP]);
}

static int connect_to_server(const struct tcp_proxy *proxy)
{
    const struct sockaddr *address = (const struct sockaddr *)proxy->server;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, address, sizeof(*proxy->server)) != 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

// Who cannot be served is closed at once, as by a proxy whose server is down.
static void take_connection(struct tcp_proxy *proxy)
{
    struct sockaddr_in from = {0};
    socklen_t size = sizeof(from);
    int fd = accept4(proxy->listen_fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct pair *pair = calloc(1, sizeof(*pair));
    int server_fd = pair != NULL ? connect_to_server(proxy) : -1;
    if (server_fd < 0) {
        close(fd);
        free(pair);
        return;
    }
    pair->half[SIDE_APP].fd = fd;
    pair->half[SIDE_SERVER].fd = server_fd;
    pair->connecting = true;
    pair->port = ntohs(from.sin_port);
    pair->active_us = clock_now_us();
    pair->next = proxy->pairs;
    proxy->pairs = pair;
    proxy->count++;
}

// False: it is broken.
static bool take_in(struct half *half)
{
    ssize_t length = recv(half->fd, half->said, sizeof(half->said), 0);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    half->start = 0;
    half->length = (size_t)length;
    half->ended = length == 0;
    return true;
}

static bool say(struct half *half, const struct half *to)
{
    ssize_t length = send(to->fd, half->said + half->start, half->length, MSG_NOSIGNAL);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    half->start += (size_t)length;
    half->length -= (size_t)length;
    return true;
}

// From one half to the other, as much as there is and as it takes.
static bool relay(struct pair *pair, enum side from, short seen)
{
    struct half *half = &pair->half[from], *other = &pair->half[from == SIDE_APP ? SIDE_SERVER : SIDE_APP];
    if (seen != 0 && half->length == 0 && !half->ended) {
        if (!take_in(half))
            return false;
        pair->active_us = half->length > 0 ? clock_now_us() : pair->active_us;
    }
    if (other->fd < 0) { // it is acknowledged, and goes nowhere
        half->length = 0;
        return !half->ended;
    }
    if (half->length > 0 && !pair->connecting && !say(half, other))
        return false;
    if (half->ended && half->length == 0 && !pair->connecting && !other->told) {
        shutdown(other->fd, SHUT_WR);
        other->told = true;
    }
    return true;
}

static bool finish_connect(struct pair *pair, short seen)
{
    int problem = 0;
    socklen_t size = sizeof(problem);
    if (seen == 0)
        return clock_now_us() - pair->active_us < CONNECT_TIMEOUT_US;
    if (getsockopt(pair->half[SIDE_SERVER].fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0 || problem != 0)
        return false;
    pair->connecting = false;
    return true;
}

// Both of its halves have ended, or one is broken.
static bool goes_on(struct pair *pair, const struct pollfd seen[static SIDES])
{
    if (pair->connecting && !finish_connect(pair, seen[SIDE_SERVER].revents))
        return false;
    short server = pair->half[SIDE_SERVER].fd < 0 || pair->connecting ? 0 : seen[SIDE_SERVER].revents;
    if (!relay(pair, SIDE_APP, seen[SIDE_APP].revents) ||
        (pair->half[SIDE_SERVER].fd >= 0 && !relay(pair, SIDE_SERVER, server)))
        return false;
    return !(pair->half[SIDE_APP].told && pair->half[SIDE_SERVER].told);
}

static bool can_idle_out(const struct pair *pair)
{
    return pair->half[SIDE_SERVER].fd >= 0 && !pair->connecting;
}

// The server is sent a FIN; of the application's half see `then`.
static void drop(const struct tcp_proxy *proxy, struct pair *pair)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    uint32_t dropped = atomic_load(&proxy->news->dropped);
    if (dropped < TCP_PROXY_DROPS)
        proxy->news->ports[dropped] = pair->port;
    atomic_store(&proxy->news->dropped, dropped + 1);
    end_half(&pair->half[SIDE_SERVER]);
    if (proxy->settings->then == PROXY_SILENCE)
        return;
    if (proxy->settings->then == PROXY_RST)
        setsockopt(pair->half[SIDE_APP].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    end_half(&pair->half[SIDE_APP]);
}

static void forget_ended(struct tcp_proxy *proxy)
{
    for (struct pair **link = &proxy->pairs; *link != NULL;) {
        struct pair *pair = *link;
        if (pair->half[SIDE_APP].fd >= 0) {
            link = &pair->next;
            continue;
        }
        *link = pair->next;
        free(pair);
        proxy->count--;
    }
}

// What a half is watched for: what it may say, and room for what the other has said.
static struct pollfd watch(const struct pair *pair, enum side side)
{
    const struct half *half = &pair->half[side],
                      *other = &pair->half[side == SIDE_APP ? SIDE_SERVER : SIDE_APP];
    struct pollfd watched = {.fd = half->fd};
    if (pair->connecting && side == SIDE_SERVER)
        watched.events = POLLOUT;
    else
        watched.events = (short)((half->length == 0 && !half->ended ? POLLIN : 0) |
                                 (other->length > 0 ? POLLOUT : 0));
    if (watched.events == 0) // or its end would be told of again and again
        watched.fd = -1;
    return watched;
}

// When the first of them has had enough.
static int64_t first_end_us(const struct tcp_proxy *proxy, bool of_connecting)
{
    int64_t first_us = INT64_MAX;
    for (const struct pair *pair = proxy->pairs; pair != NULL; pair = pair->next) {
        int64_t patience_us = of_connecting ? CONNECT_TIMEOUT_US : proxy->settings->idle_us;
        if ((of_connecting ? pair->connecting : can_idle_out(pair)) &&
            pair->active_us + patience_us < first_us)
            first_us = pair->active_us + patience_us;
    }
    return first_us;
}

static bool wait_for_any(struct tcp_proxy *proxy)
{
    struct error error = {0};
    size_t place = 1;
    struct pollfd *grown = reallocarray(proxy->watched, 1 + SIDES * proxy->count, sizeof(*grown));
    if (grown == NULL)
        return false;
    proxy->watched = grown;
    proxy->watched[0] = (struct pollfd){.fd = proxy->listen_fd, .events = POLLIN};
    for (const struct pair *pair = proxy->pairs; pair != NULL; pair = pair->next)
        for (enum side side = SIDE_APP; side < SIDES; side++)
            proxy->watched[place++] = watch(pair, side);
    int64_t idle_us = first_end_us(proxy, false), connect_us = first_end_us(proxy, true);
    atomic_store(&proxy->news->next_us, idle_us);
    int64_t until_us = idle_us < connect_us ? idle_us : connect_us;
    const struct timespec timeout = clock_timeout(until_us);
    const bool for_ever = until_us == INT64_MAX;
    return event_wait(proxy->watched, (nfds_t)place, for_ever ? NULL : &timeout, &error);
}

void tcp_proxy_serve(int listen_fd, const struct sockaddr_in *server, const struct proxy *settings,
    struct tcp_proxy_news *news)
{
    struct tcp_proxy proxy = {.listen_fd = listen_fd, .server = server, .settings = settings, .news = news};
    while (wait_for_any(&proxy)) {
        size_t place = 1;
        for (struct pair *pair = proxy.pairs; pair != NULL; pair = pair->next, place += SIDES) {
            if (!goes_on(pair, &proxy.watched[place]))
                end_pair(pair);
            else if (can_idle_out(pair) && clock_now_us() - pair->active_us >= settings->idle_us)
                drop(&proxy, pair);
        }
        if (proxy.watched[0].revents != 0)
            take_connection(&proxy);
        forget_ended(&proxy);
    }
    _exit(1);
}
