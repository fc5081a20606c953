#include "search/vary.h"

#include "base/duration.h"
#include "search/chance.h"

#define ATTEMPTS    16
#define TAIL_MIN_US (5 * US_PER_S)
#define US_PER_MIN  (60 * US_PER_S)

struct variation {
    json_t *scenario; // that is changed
    const struct search_moments *moments;
    struct chance chance;
};

// What a fault can become. One that needs more of the scenario (a flow table, a second machine) is not here:
// it would be refused.
static const struct {
    const char *kind, *argument;
    bool lasts;
    const char *option, *word; // an option that it has
    int64_t number;            // of an option without a word
} kinds[] = {
    {"silence", "to-app", true, NULL, NULL, 0},
    {"silence", "to-db", true, NULL, NULL, 0},
    {"silence", "both", true, NULL, NULL, 0},
    {"rst", "to-app", false, NULL, NULL, 0},
    {"rst", "to-db", false, NULL, NULL, 0},
    {"rst", "both", false, NULL, NULL, 0},
    {"rst", "to-app", false, "when", "next-packet", 0},
    {"rst", "to-db", false, "when", "next-packet", 0},
    {"fin", "to-app", false, NULL, NULL, 0},
    {"fin", "to-db", false, NULL, NULL, 0},
    {"half-close", "db", false, NULL, NULL, 0},
    {"server", "terminate", false, NULL, NULL, 0},
    {"server", "close-sockets", false, NULL, NULL, 0},
    {"server", "destroy-sockets", false, NULL, NULL, 0},
    {"server", "freeze", true, NULL, NULL, 0},
    {"server", "freeze-backend", true, NULL, NULL, 0},
    {"client", "freeze", true, NULL, NULL, 0},
    {"degrade", "both", true, "loss_ppm", NULL, 200000},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool one_in(struct variation *variation, uint64_t many)
{
    return chance_below(&variation->chance, many) == 0;
}

static void vary_network(struct variation *variation)
{
    static const int64_t losses_ppm[] = {1000, 5000, 10000, 20000};
    json_t *network = shape_network(variation->scenario);
    if (one_in(variation, 2))
        shape_set(network, "jitter_us",
            shape_get(network, "rtt_us") / 2 * (int64_t)chance_below(&variation->chance, 5) / 8);
    if (one_in(variation, 2))
        shape_set(network, "loss_ppm",
            losses_ppm[chance_below(&variation->chance, sizeof(losses_ppm) / sizeof(losses_ppm[0]))]);
}

// Mostly between two packets; else anywhere before the last one.
static void vary_moment(struct variation *variation, json_t *fault)
{
    const struct search_moments *moments = variation->moments;
    if (moments->count == 0)
        return;
    int64_t last_us = moments->at_us[moments->count - 1];
    int64_t at_us = one_in(variation, 4) && last_us > 0
                        ? (int64_t)chance_below(&variation->chance, (uint64_t)last_us)
                        : moments->at_us[chance_below(&variation->chance, moments->count)];
    shape_set(fault, "at_us", at_us);
}

static void vary_length(struct variation *variation, json_t *fault)
{
    static const int64_t lengths_us[] = {
        100 * US_PER_MS, US_PER_S, 3 * US_PER_S, 10 * US_PER_S, 30 * US_PER_S, 2 * US_PER_MIN};
    if (!json_is_null(json_object_get(fault, "for_us")))
        shape_set(fault, "for_us",
            lengths_us[chance_below(&variation->chance, sizeof(lengths_us) / sizeof(lengths_us[0]))]);
}

static void vary_kind(struct variation *variation, json_t *fault)
{
    const size_t kind = (size_t)chance_below(&variation->chance, KINDS);
    json_t *options = json_object();
    if (kinds[kind].word != NULL)
        json_object_set_new(options, kinds[kind].option, json_string(kinds[kind].word));
    else if (kinds[kind].option != NULL)
        shape_set(options, kinds[kind].option, kinds[kind].number);
    json_object_set_new(fault, "kind", json_string(kinds[kind].kind));
    json_object_set_new(fault, "argument", json_string(kinds[kind].argument));
    json_object_set_new(fault, "options", options);
    if (!kinds[kind].lasts)
        json_object_set_new(fault, "for_us", json_null());
    else if (json_is_null(json_object_get(fault, "for_us")))
        shape_set(fault, "for_us", US_PER_S);
}

static void add_varied_fault(struct variation *variation)
{
    json_t *fault = json_pack(
        "{s:I, s:n, s:i, s:i}", "at_us", (json_int_t)0, "for_us", "line", 1, "column", 1);
    vary_kind(variation, fault);
    vary_length(variation, fault);
    vary_moment(variation, fault);
    json_array_append_new(shape_faults(variation->scenario), fault);
}

static void vary_much(struct variation *variation)
{
    size_t i;
    json_t *fault;
    vary_network(variation);
    json_array_foreach(shape_faults(variation->scenario), i, fault)
    {
        if (one_in(variation, 2))
            vary_kind(variation, fault);
        if (one_in(variation, 2))
            vary_length(variation, fault);
        if (!one_in(variation, 4))
            vary_moment(variation, fault);
    }
    if (one_in(variation, 3) || json_array_size(shape_faults(variation->scenario)) == 0)
        add_varied_fault(variation);
}

static void vary_one_thing(struct variation *variation)
{
    json_t *faults = shape_faults(variation->scenario);
    size_t count = json_array_size(faults);
    json_t *fault = count > 0 ? json_array_get(faults, (size_t)chance_below(&variation->chance, count))
                              : NULL;
    switch (fault != NULL ? chance_below(&variation->chance, 5) : 4) {
    case 0: vary_network(variation); break;
    case 1: vary_kind(variation, fault); break;
    case 2: vary_length(variation, fault); break;
    case 3: vary_moment(variation, fault); break;
    default: add_varied_fault(variation); break;
    }
}

// What follows the last fault has as much time as it had.
static void keep_tail(json_t *varied, const json_t *scenario)
{
    int64_t run_for_us = shape_get(scenario, "run_for_us"), tail_us = run_for_us - shape_last_us(scenario);
    int64_t wanted_us = shape_last_us(varied) + (tail_us > TAIL_MIN_US ? tail_us : TAIL_MIN_US);
    shape_set(varied, "run_for_us", wanted_us > run_for_us ? wanted_us : run_for_us);
}

json_t *search_vary(const json_t *scenario, const struct search_moments *moments, uint64_t seed, bool gently)
{
    struct variation variation = {.moments = moments, .chance = chance_of(seed)};
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        variation.scenario = json_deep_copy(scenario);
        if (variation.scenario == NULL)
            return NULL;
        if (gently)
            vary_one_thing(&variation);
        else
            vary_much(&variation);
        shape_sort_faults(variation.scenario);
        keep_tail(variation.scenario, scenario);
        if (shape_is_valid(variation.scenario))
            return variation.scenario;
        json_decref(variation.scenario);
    }
    return json_deep_copy(scenario);
}
