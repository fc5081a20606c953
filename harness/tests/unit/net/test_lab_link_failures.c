// Each call of libnl's that allocates fails once: the lab says so, and does not go on with nothing.
#include "net/link.h"
#include "net/netem.h"

#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/route.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool failing;

// The linker leads the calls here. A type cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define FAILS(type, name)                                                                                    \
    type *__real_##name(void);                                                                               \
    type *__wrap_##name(void);                                                                               \
    type *__wrap_##name(void)                                                                                \
    {                                                                                                        \
        return failing ? NULL : __real_##name();                                                             \
    }
// NOLINTEND(bugprone-macro-parentheses)
FAILS(struct nl_sock, nl_socket_alloc)
FAILS(struct rtnl_link, rtnl_link_alloc)
FAILS(struct rtnl_link, rtnl_link_veth_alloc)
FAILS(struct rtnl_addr, rtnl_addr_alloc)
FAILS(struct rtnl_route, rtnl_route_alloc)
FAILS(struct rtnl_nexthop, rtnl_route_nh_alloc)
FAILS(struct rtnl_neigh, rtnl_neigh_alloc)
FAILS(struct rtnl_qdisc, rtnl_qdisc_alloc)

static bool add_veth(struct lab_link *link, struct error *error)
{
    const struct lab_veth veth = {.name = "a",
        .peer_name = "b",
        .mac = "02:00:00:00:01:02",
        .peer_mac = "02:00:00:00:01:01",
        .peer_namespace_fd = -1};
    return lab_link_add_veth(link, &veth, error);
}
static bool move(struct lab_link *link, struct error *error)
{
    return lab_link_move(link, "none", -1, error);
}
static bool up(struct lab_link *link, struct error *error)
{
    return lab_link_up(link, "none", error);
}
static bool add_address(struct lab_link *link, struct error *error)
{
    return lab_link_add_address(link, "none", "192.0.2.2", 24, error);
}
static bool add_route(struct lab_link *link, struct error *error)
{
    return lab_link_add_default_route(link, "none", "192.0.2.1", error);
}
static bool add_neighbour(struct lab_link *link, struct error *error)
{
    return lab_link_add_neighbour(link, "none", "192.0.2.1", "02:00:00:00:01:01", error);
}
static bool set_netem(struct lab_link *link, struct error *error)
{
    const struct lab_netem netem = {0};
    return lab_netem_set(link, "none", &netem, error);
}

static void what_cannot_be_allocated_is_told(void **state)
{
    (void)state;
    static bool (*const actions[])(struct lab_link *, struct error *) = {
        add_veth, move, up, add_address, add_route, add_neighbour, set_netem};
    struct error error;
    struct lab_link *link = lab_link_open(&error);
    if (link == NULL)
        skip(); // no netlink here
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        failing = true;
        bool done = actions[i](link, &error);
        failing = false;
        assert_false(done);
        if (strcasestr(error.text, "out of memory") == NULL)
            fail_msg("action %zu: %s", i, error.text);
    }
    lab_link_close(link);
}

static void without_a_socket_there_is_no_link(void **state)
{
    (void)state;
    struct error error;
    failing = true;
    struct lab_link *link = lab_link_open(&error);
    failing = false;
    assert_null(link);
    assert_non_null(strcasestr(error.text, "out of memory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_allocated_is_told),
        cmocka_unit_test(without_a_socket_there_is_no_link),
    };
    return cmocka_run_group_tests_name("lab_link_failures", tests, NULL, NULL);
}
