// The pool section: `{size: 2, workers: 1, conninfo: "tcp_user_timeout=5000"}`.
#include "scenario/internal.h"

#include <libpq-fe.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define CONNECTIONS_MAX 1000

static bool read_connections(struct yaml_source *source, const yaml_node_t *node, void *number)
{
    return node_read_integer(source, node, 1, CONNECTIONS_MAX, number);
}

// What the lab itself puts into the conninfo, and what would lead out of the lab.
static bool is_ours(const char *keyword)
{
    static const char *const ours[] = {"host", "hostaddr", "port", "dbname", "user", "password", "passfile",
        "service", "sslmode", "sslrootcert"};
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
        if (strcmp(ours[i], keyword) == 0)
            return true;
    }
    return false;
}

bool scenario_check_conninfo(const char *conninfo, const char **why)
{
    static _Thread_local char text[160];
    char *problem = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &problem);
    snprintf(text, sizeof(text), "%.*s", (int)(problem ? strcspn(problem, "\n") : 0), problem ? problem : "");
    bool good = options != NULL;
    for (const PQconninfoOption *option = options; good && option->keyword != NULL; option++) {
        if (option->val == NULL || !is_ours(option->keyword))
            continue;
        snprintf(text, sizeof(text), "'%s' is set by the lab", option->keyword);
        good = false;
    }
    PQfreemem(problem);
    PQconninfoFree(options);
    *why = text;
    return good;
}

static bool read_conninfo(struct yaml_source *source, const yaml_node_t *node, void *conninfo)
{
    const char *why, *text = node_text(source, node);
    if (text == NULL)
        return false;
    if (!scenario_check_conninfo(text, &why))
        return node_value_error(source, node, why);
    return node_read_text(source, node, conninfo);
}

bool scenario_read_pool(struct yaml_source *source, const yaml_node_t *node, void *scenario)
{
    static const struct node_field fields[] = {
        {"size", read_connections, offsetof(struct pool_settings, size), false},
        {"workers", read_connections, offsetof(struct pool_settings, workers), false},
        {"conninfo", read_conninfo, offsetof(struct pool_settings, conninfo), false},
        {NULL, NULL, 0, false},
    };
    return node_read_mapping(source, node, fields, NULL, &((struct scenario *)scenario)->pool);
}
