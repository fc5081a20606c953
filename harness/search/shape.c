#include "search/shape.h"

int64_t shape_get(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

void shape_set(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

json_t *shape_faults(const json_t *scenario)
{
    return json_object_get(scenario, "faults");
}

json_t *shape_workload(const json_t *scenario)
{
    return json_object_get(scenario, "workload");
}

json_t *shape_network(const json_t *scenario)
{
    return json_object_get(scenario, "network");
}

size_t shape_entries(const json_t *scenario)
{
    return json_array_size(shape_faults(scenario)) + json_array_size(shape_workload(scenario));
}

int64_t shape_last_us(const json_t *scenario)
{
    int64_t last_us = 0, at_us;
    size_t i;
    json_t *entry;
    json_array_foreach(shape_faults(scenario), i, entry)
    {
        at_us = shape_get(entry, "at_us") + shape_get(entry, "for_us");
        last_us = at_us > last_us ? at_us : last_us;
    }
    json_array_foreach(shape_workload(scenario), i, entry)
    {
        at_us = shape_get(entry, "at_us") + (shape_get(entry, "count") - 1) * shape_get(entry, "every_us");
        last_us = at_us > last_us ? at_us : last_us;
    }
    return last_us;
}

void shape_sort_faults(json_t *scenario)
{
    json_t *faults = shape_faults(scenario);
    for (size_t i = 1; i < json_array_size(faults); i++)
        for (size_t j = i; j > 0; j--) {
            json_t *before = json_array_get(faults, j - 1), *fault = json_array_get(faults, j);
            if (shape_get(before, "at_us") <= shape_get(fault, "at_us"))
                break;
            json_incref(fault);
            json_array_remove(faults, j);
            json_array_insert_new(faults, j - 1, fault);
        }
}

bool shape_is_valid(const json_t *scenario)
{
    struct error why = {0};
    struct scenario *read = scenario_from_json(scenario, &why);
    bool valid = read != NULL && read->network.jitter_us <= read->network.rtt_us / 2;
    scenario_free(read);
    return valid;
}
