// A setting of libpq's for one run. A client that cannot take it is refused before anything runs: dropped in
// silence, it would be measured as if it had it.
#include "scenario/conninfo.h"
#include "plan/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool refuse_setting(
    const struct subject *subject, const char *keyword, size_t length, struct error *error)
{
    char takes[200] = "";
    size_t used = 0;
    for (char *const *word = subject->conninfo; *word != NULL && used < sizeof(takes); word++)
        used += (size_t)snprintf(
            takes + used, sizeof(takes) - used, "%s%s", word == subject->conninfo ? "" : ", ", *word);
    return error_set(error, ERROR_INPUT,
        "--conninfo %.*s: the client of %s has no such setting (it takes: %s)", (int)length, keyword,
        subject->name, takes[0] != '\0' ? takes : "none of libpq's");
}

static bool check_takers(const char *conninfo, const struct plan_choices *choices, struct error *error)
{
    size_t length;
    for (const char *keyword; (keyword = conninfo_next(&conninfo, &length)) != NULL;)
        for (size_t i = 0; i < choices->count; i++)
            if (!subject_takes(choices->choices[i].subject, keyword, length))
                return refuse_setting(choices->choices[i].subject, keyword, length, error);
    return true;
}

static bool extend_conninfo(struct scenario *scenario, const char *conninfo, struct error *error)
{
    char *own = scenario->pool.conninfo, *both;
    if (asprintf(&both, "%s%s%s", own != NULL ? own : "", own != NULL ? " " : "", conninfo) < 0)
        return error_set(error, ERROR_LAB, "out of memory");
    free(own);
    scenario->pool.conninfo = both;
    return true;
}

bool plan_add_conninfo(const struct plan_request *request, struct plan *plan,
    const struct plan_choices *choices, struct error *error)
{
    const char *why;
    if (request->conninfo == NULL)
        return true;
    if (!scenario_check_conninfo(request->conninfo, &why))
        return error_set(error, ERROR_INPUT, "--conninfo '%s': %s", request->conninfo, why);
    if (!check_takers(request->conninfo, choices, error))
        return false;
    for (size_t i = 0; i < plan->scenarios_count; i++)
        if (!extend_conninfo(plan->scenarios[i], request->conninfo, error))
            return false;
    return true;
}
