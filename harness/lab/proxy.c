// Starts the process, and passes on what it tells of.
#include "lab/proxy.h"

#include "base/clock.h"
#include "base/duration.h"
#include "contract/addresses.h"
#include "lab/alarm.h"
#include "lab/network.h"
#include "lab/pooler.h"
#include "lab/process.h"
#include "lab/tcp_proxy.h"
#include "lab/view.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROXY_USER      64071 // nobody else's
#define CONNECTIONS_MAX 4096
#define LISTEN_FD       3 // in the proxy's process
// The proxy itself wakes at the moment of a drop: it has acted by then.
#define AFTER_DROP_US (1 * US_PER_MS)

struct lab_proxy {
    struct lab_process process;
    struct lab_view view;        // of a pooler
    struct tcp_proxy_news *news; // NULL: a pooler tells nothing
    uint32_t told;
    struct lab_alarm alarm;
};

static struct sockaddr_in at(const char *address)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(LAB_DB_PORT), .sin_addr.s_addr = inet_addr(address)};
}

// In host proxy.
static int listen_there(struct error *error)
{
    const struct sockaddr_in own = at(LAB_PROXY_ADDRESS);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&own, sizeof(own)) == 0 &&
        listen(fd, CONNECTIONS_MAX) == 0)
        return fd;
    error_set_errno(error, ERROR_LAB, "the proxy's socket");
    if (fd >= 0)
        close(fd);
    return -1;
}

// Nothing of PID 1's is left to it but the socket, and the memory for its news.
static bool become_proxy(const struct lab *lab, int listen_fd, struct error *error)
{
    return lab_network_enter(lab, HOST_PROXY, error) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           prctl(PR_SET_NAME, "proxy", 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           setsid() > 0 && dup2(listen_fd, LISTEN_FD) == LISTEN_FD &&
           close_range(LISTEN_FD + 1, ~0U, 0) == 0 && setgroups(0, NULL) == 0 &&
           setresgid(PROXY_USER, PROXY_USER, PROXY_USER) == 0 &&
           setresuid(PROXY_USER, PROXY_USER, PROXY_USER) == 0;
}

static bool start_tcp_proxy(struct lab *lab, int listen_fd, struct error *error)
{
    struct lab_proxy *proxy = lab->proxy;
    const struct sockaddr_in server = at(LAB_DB_ADDRESS);
    proxy->process.pid = fork();
    if (proxy->process.pid == 0) {
        struct error unheard = {0};
        if (become_proxy(lab, listen_fd, &unheard))
            tcp_proxy_serve(LISTEN_FD, &server, &lab->cell->scenario->network.proxy, proxy->news);
        _exit(1);
    }
    if (proxy->process.pid > 0)
        proxy->process.pidfd = pidfd_open(proxy->process.pid, 0);
    return proxy->process.pidfd >= 0 || error_set_errno(error, ERROR_LAB, "cannot start the proxy");
}

// When the next connection can have been dropped: at the soonest the one that has been quiet for longest, or
// one that opens now.
static int64_t next_look_us(const struct lab *lab)
{
    const struct lab_proxy *proxy = lab->proxy;
    int64_t next_us = atomic_load(&proxy->news->next_us),
            new_us = lab_now_us(lab) + lab->cell->scenario->network.proxy.idle_us;
    if (next_us == INT64_MAX || next_us - lab->zero_us >= new_us)
        return new_us + AFTER_DROP_US;
    return next_us - lab->zero_us + AFTER_DROP_US;
}

static void look_at_proxy(struct lab *lab, void *context)
{
    struct lab_proxy *proxy = context;
    uint32_t dropped = atomic_load(&proxy->news->dropped);
    for (; proxy->told < dropped && proxy->told < TCP_PROXY_DROPS; proxy->told++)
        lab_event(lab, "flow-forgotten", json_pack("{s:i}", "port", proxy->news->ports[proxy->told]));
    int64_t next_us = next_look_us(lab);
    proxy->alarm.at_us = next_us > lab_now_us(lab) ? next_us : lab_now_us(lab) + AFTER_DROP_US;
    lab_alarm_set(lab, &proxy->alarm);
}

static bool open_tcp_proxy(struct lab *lab, struct error *error)
{
    struct lab_proxy *proxy = lab->proxy;
    struct error later = {0}; // the first error is the cause
    void *news = mmap(NULL, sizeof(*proxy->news), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (news == MAP_FAILED)
        return error_set_errno(error, ERROR_LAB, "the proxy's memory");
    proxy->news = news;
    atomic_store(&proxy->news->next_us, INT64_MAX);
    if (!lab_network_enter(lab, HOST_PROXY, error))
        return false;
    int fd = listen_there(error);
    bool back = lab_network_enter(lab, HOST_WAN, fd >= 0 ? error : &later);
    bool started = fd >= 0 && back && start_tcp_proxy(lab, fd, error);
    if (fd >= 0)
        close(fd);
    proxy->alarm = (struct lab_alarm){.ring = look_at_proxy, .context = proxy};
    if (started)
        lab_alarm_set(lab, &proxy->alarm);
    return started;
}

bool lab_proxy_start(struct lab *lab, struct error *error)
{
    const struct network *network = &lab->cell->scenario->network;
    if (!network_has_legs(network))
        return true;
    lab->proxy = calloc(1, sizeof(*lab->proxy));
    if (lab->proxy == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *lab->proxy = (struct lab_proxy){.process = {.pid = -1, .pidfd = -1}, .view = LAB_VIEW_NONE};
    bool started = network->pooler == POOLER_NONE
                       ? open_tcp_proxy(lab, error)
                       : lab_pooler_start(lab, &lab->proxy->process, &lab->proxy->view, error);
    return started || error_context(error, "host proxy");
}

void lab_proxy_free(struct lab_proxy *proxy)
{
    if (proxy == NULL)
        return;
    lab_process_kill(&proxy->process);
    lab_view_close(&proxy->view);
    if (proxy->news != NULL)
        munmap(proxy->news, sizeof(*proxy->news));
    free(proxy);
}

void lab_proxy_report(struct lab *lab)
{
    if (lab->proxy == NULL || lab->proxy->news == NULL)
        return;
    const json_int_t dropped = atomic_load(&lab->proxy->news->dropped);
    lab_event(lab, "flow-table", json_pack("{s:I}", "forgotten", dropped));
}
