// nft commands and their JSON answers.
#include "net/filter.h"

#include <jansson.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lab_filter {
    struct nft_ctx *nft;
};

struct lab_filter *lab_filter_open(struct error *error)
{
    struct lab_filter *filter = calloc(1, sizeof(*filter));
    if (filter != NULL)
        filter->nft = nft_ctx_new(NFT_CTX_DEFAULT);
    if (filter == NULL || filter->nft == NULL) {
        error_set(error, ERROR_LAB, "the packet filter cannot be opened");
        free(filter);
        return NULL;
    }
    nft_ctx_buffer_output(filter->nft);
    nft_ctx_buffer_error(filter->nft);
    nft_ctx_output_set_flags(filter->nft, NFT_CTX_OUTPUT_JSON);
    return filter;
}

void lab_filter_close(struct lab_filter *filter)
{
    if (filter != NULL)
        nft_ctx_free(filter->nft);
    free(filter);
}

static bool run_filter_commands(struct lab_filter *filter, const char *command, struct error *error)
{
    if (nft_run_cmd_from_buffer(filter->nft, command) == 0)
        return true;
    const char *reason = nft_ctx_get_error_buffer(filter->nft);
    return error_set(error, ERROR_LAB, "the packet filter: %s", reason[0] != '\0' ? reason : "failed");
}

static bool add_table(
    struct lab_filter *filter, const char *name, const char *set, const char *rules, struct error *error)
{
    char command[2048];
    int length = snprintf(command, sizeof(command),
        "table ip %s {\n%s chain path {\n type filter hook forward priority 0; policy accept;\n%s\n }\n}\n",
        name, set, rules);
    if (length >= (int)sizeof(command))
        return error_set(error, ERROR_LAB, "the packet filter: the rules of %s are too long", name);
    return run_filter_commands(filter, command, error);
}

bool lab_filter_add_with_set(
    struct lab_filter *filter, const char *name, const char *set, const char *rules, struct error *error)
{
    return add_table(filter, name, set, rules, error);
}

bool lab_filter_add(struct lab_filter *filter, const char *name, const char *rules, struct error *error)
{
    return add_table(filter, name, "", rules, error);
}

bool lab_filter_add_noting(
    struct lab_filter *filter, const char *name, const char *rules, struct error *error)
{
    return add_table(filter, name,
        " set noted {\n type ipv4_addr . inet_service\n size 65535\n flags dynamic\n }\n", rules, error);
}

bool lab_filter_remove(struct lab_filter *filter, const char *name, struct error *error)
{
    char command[128];
    snprintf(command, sizeof(command), "delete table ip %s", name);
    return run_filter_commands(filter, command, error);
}

// {"nftables": [{"rule": {"expr": [{"counter": {"packets": 5}}]}}]}
static int64_t sum_counters(const json_t *answer)
{
    int64_t packets = 0;
    size_t i, j;
    json_t *entry, *expression;
    json_array_foreach(json_object_get(answer, "nftables"), i, entry)
    {
        json_array_foreach(json_object_get(json_object_get(entry, "rule"), "expr"), j, expression)
        {
            const json_t *counter = json_object_get(expression, "counter");
            packets += json_integer_value(json_object_get(counter, "packets"));
        }
    }
    return packets;
}

// {"nftables": [{"set": {"elem": [...]}}]}; no `elem` when it is empty.
static int64_t sum_elements(const json_t *answer)
{
    int64_t elements = 0;
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(answer, "nftables"), i, entry)
        elements += (int64_t)json_array_size(json_object_get(json_object_get(entry, "set"), "elem"));
    return elements;
}

static bool list_table(struct lab_filter *filter, const char *name, int64_t (*sum)(const json_t *answer),
    int64_t *result, struct error *error)
{
    char command[128];
    json_error_t why;
    snprintf(command, sizeof(command), "list table ip %s", name);
    if (!run_filter_commands(filter, command, error))
        return false;
    json_t *answer = json_loads(nft_ctx_get_output_buffer(filter->nft), 0, &why);
    if (answer == NULL)
        return error_set(error, ERROR_LAB, "the packet filter: %s", why.text);
    *result = sum(answer);
    json_decref(answer);
    return true;
}

bool lab_filter_count(struct lab_filter *filter, const char *name, int64_t *packets, struct error *error)
{
    return list_table(filter, name, sum_counters, packets, error);
}

bool lab_filter_count_noted(struct lab_filter *filter, const char *name, int64_t *noted, struct error *error)
{
    return list_table(filter, name, sum_elements, noted, error);
}
