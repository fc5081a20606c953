// netem through libnl, and the attributes that libnl 3.7 does not know or leaves out, added to its message.
#include "net/netem.h"

#include <linux/pkt_sched.h>
#include <netlink/msg.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/netem.h>
#include <netlink/route/tc.h>

#define TCA_NETEM_PRNG_SEED 14 // linux/pkt_sched.h since 6.7; Debian 12's headers are older
#define QUEUE_LIMIT_PACKETS                                                                                  \
    100000 // netem's default of 1000 would drop where the scenario asked for delay only
#define PPM 1000000

// netem's probabilities are fractions of 2^32 - 1.
static int probability(int64_t ppm)
{
    return (int)(uint32_t)(ppm * UINT32_MAX / PPM);
}

static void set_options(struct rtnl_qdisc *qdisc, const struct lab_netem *netem)
{
    rtnl_netem_set_limit(qdisc, QUEUE_LIMIT_PACKETS);
    rtnl_netem_set_delay(qdisc, (int)netem->delay_us);
    rtnl_netem_set_jitter(qdisc, (int)netem->jitter_us);
    if (netem->loss_ppm > 0)
        rtnl_netem_set_loss(qdisc, probability(netem->loss_ppm));
    if (netem->duplicate_ppm > 0)
        rtnl_netem_set_duplicate(qdisc, probability(netem->duplicate_ppm));
    if (netem->reorder_ppm > 0) {
        rtnl_netem_set_gap(qdisc, 1);
        rtnl_netem_set_reorder_probability(qdisc, probability(netem->reorder_ppm));
    }
}

static int put_burst(struct nl_msg *message, const struct lab_netem *netem)
{
    const struct tc_netem_gemodel model = {.p = (uint32_t)probability(netem->burst_start_ppm),
        .r = (uint32_t)probability(netem->burst_end_ppm)}; // h, k1: 0: all are lost in a burst, none outside
    struct nlattr *nested = nla_nest_start(message, TCA_NETEM_LOSS);
    if (nested == NULL)
        return -NLE_NOMEM;
    int result = nla_put(message, NETEM_LOSS_GE, sizeof(model), &model);
    nla_nest_end(message, nested);
    return result;
}

static int put_rate(struct nl_msg *message, int64_t rate_bps)
{
    uint64_t rate_bytes = (uint64_t)rate_bps / 8;
    struct tc_netem_rate rate = {.rate = rate_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)rate_bytes};
    int result = nla_put(message, TCA_NETEM_RATE, sizeof(rate), &rate);
    if (result == 0 && rate_bytes > UINT32_MAX)
        result = nla_put(message, TCA_NETEM_RATE64, sizeof(rate_bytes), &rate_bytes);
    return result;
}

// netem's attributes stand behind its fixed part inside TCA_OPTIONS, which libnl put last. Rate and
// corruption are said even when there is none: at a change netem keeps what it is not told.
static int add_attributes(struct nl_msg *message, const struct lab_netem *netem)
{
    const struct tc_netem_corrupt corrupt = {.probability = (uint32_t)probability(netem->corrupt_ppm)};
    int result = nla_put(message, TCA_NETEM_PRNG_SEED, sizeof(netem->seed), &netem->seed);
    if (result == 0)
        result = nla_put(message, TCA_NETEM_CORRUPT, sizeof(corrupt), &corrupt);
    if (result == 0)
        result = put_rate(message, netem->rate_bps);
    if (result == 0 && netem->burst_start_ppm > 0)
        result = put_burst(message, netem);
    struct nlattr *options = nlmsg_find_attr(nlmsg_hdr(message), sizeof(struct tcmsg), TCA_OPTIONS);
    if (options == NULL)
        return -NLE_MISSING_ATTR;
    options->nla_len = (uint16_t)((char *)nlmsg_tail(nlmsg_hdr(message)) - (char *)options);
    return result;
}

static int send_request(struct nl_sock *socket, struct rtnl_qdisc *qdisc, const struct lab_netem *netem)
{
    struct nl_msg *message = NULL;
    int result = rtnl_qdisc_build_add_request(qdisc, NLM_F_CREATE | NLM_F_REPLACE, &message);
    if (result < 0)
        return result;
    result = add_attributes(message, netem);
    if (result < 0) {
        nlmsg_free(message);
        return result;
    }
    return nl_send_sync(socket, message); // frees the message
}

bool lab_netem_set(
    struct lab_link *link, const char *device, const struct lab_netem *netem, struct error *error)
{
    struct rtnl_qdisc *qdisc = rtnl_qdisc_alloc();
    if (qdisc == NULL)
        return error_set(error, ERROR_LAB, "netem on %s: out of memory", device);
    rtnl_tc_set_ifindex(TC_CAST(qdisc), lab_link_index(link, device));
    rtnl_tc_set_parent(TC_CAST(qdisc), TC_H_ROOT);
    int result = rtnl_tc_set_kind(TC_CAST(qdisc), "netem");
    if (result == 0) {
        set_options(qdisc, netem);
        result = send_request(lab_link_socket(link), qdisc, netem);
    }
    rtnl_qdisc_put(qdisc);
    if (result < 0)
        return error_set(error, ERROR_LAB, "netem on %s: %s", device, nl_geterror(result));
    return true;
}

bool lab_netem_count(
    struct lab_link *link, const char *device, struct lab_netem_counters *counters, struct error *error)
{
    struct nl_cache *cache;
    int result = rtnl_qdisc_alloc_cache(lab_link_socket(link), &cache);
    if (result < 0)
        return error_set(error, ERROR_LAB, "netem on %s: %s", device, nl_geterror(result));
    struct rtnl_qdisc *qdisc = rtnl_qdisc_get_by_parent(cache, lab_link_index(link, device), TC_H_ROOT);
    if (qdisc != NULL)
        *counters = (struct lab_netem_counters){
            .packets = (int64_t)rtnl_tc_get_stat(TC_CAST(qdisc), RTNL_TC_PACKETS),
            .dropped = (int64_t)rtnl_tc_get_stat(TC_CAST(qdisc), RTNL_TC_DROPS)};
    rtnl_qdisc_put(qdisc);
    nl_cache_free(cache);
    return qdisc != NULL ? true : error_set(error, ERROR_LAB, "netem on %s: it is gone", device);
}
