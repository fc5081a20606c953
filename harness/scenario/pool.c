// The pool section: `{size: 2, workers: 1, conninfo: "tcp_user_timeout=5000"}`.
#include "scenario/internal.h"

#include <stddef.h>

static bool read_connections(struct yaml_source *source, const yaml_node_t *node, void *number)
{
    return node_read_integer(source, node, 1, POOL_CONNECTIONS_MAX, number);
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

const char *const sslmode_names[] = {[SSLMODE_VERIFY_FULL] = "verify-full",
    [SSLMODE_VERIFY_CA] = "verify-ca",
    [SSLMODE_REQUIRE] = "require",
    [SSLMODE_PREFER] = "prefer",
    [SSLMODE_ALLOW] = "allow",
    [SSLMODE_DISABLE] = "disable",
    NULL};

static bool read_sslmode(struct yaml_source *source, const yaml_node_t *node, void *sslmode)
{
    size_t index;
    if (!node_read_choice(source, node, "sslmode", sslmode_names, &index))
        return false;
    *(enum sslmode *)sslmode = (enum sslmode)index;
    return true;
}

bool scenario_read_pool(struct yaml_source *source, const yaml_node_t *node, void *scenario)
{
    static const struct node_field fields[] = {
        {"size", read_connections, offsetof(struct pool_settings, size), false},
        {"workers", read_connections, offsetof(struct pool_settings, workers), false},
        {"conninfo", read_conninfo, offsetof(struct pool_settings, conninfo), false},
        {"sslmode", read_sslmode, offsetof(struct pool_settings, sslmode), false},
        {NULL, NULL, 0, false},
    };
    return node_read_mapping(source, node, fields, NULL, &((struct scenario *)scenario)->pool);
}
