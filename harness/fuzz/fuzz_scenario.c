// Fuzzes the scenario reader: whatever the bytes, it reads a scenario that survives plan.json, or says where
// it is wrong.
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

// A scenario that was read must come back from its JSON as it went in.
static void check_round_trip(const struct scenario *scenario)
{
    struct error error = {0};
    json_t *json = scenario_to_json(scenario);
    require(json != NULL);
    struct scenario *again = scenario_from_json(json, &error);
    require(again != NULL);
    json_t *json_again = scenario_to_json(again);
    require(json_equal(json, json_again));
    json_decref(json);
    json_decref(json_again);
    scenario_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char path[] = "scenarios/selftest/fuzz.yaml";
    struct error error = {0};
    struct scenario *scenario = scenario_parse(path, (const char *)data, size, &error);
    if (scenario != NULL) {
        check_round_trip(scenario);
        scenario_free(scenario);
        return 0;
    }
    require(error.category == ERROR_INPUT);
    require(strncmp(error.text, path, strlen(path)) == 0 && error.text[strlen(path)] == ':');
    return 0;
}
