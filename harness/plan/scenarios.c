// Which scenarios a run is about: by name, by folder, by pattern, or by file.
#include "base/array.h"
#include "base/name_list.h"
#include "base/path.h"
#include "base/suggest.h"
#include "base/yaml.h"
#include "plan/internal.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER    "scenarios"
#define SELFTEST  "selftest"
#define DEPTH_MAX 8

static bool keep_scenario(struct plan *plan, struct scenario *scenario, struct error *error)
{
    if (scenario == NULL)
        return false;
    struct scenario **scenarios = array_grow(plan->scenarios, plan->scenarios_count, sizeof(*scenarios));
    if (scenarios == NULL) {
        scenario_free(scenario);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    plan->scenarios = scenarios;
    scenarios[plan->scenarios_count++] = scenario;
    return true;
}

// Known by its path below the project, wherever that is: a verdict then says the same on every machine.
static bool keep_named(struct plan *plan, const char *root, const char *name, struct error *error)
{
    char *path = NULL, *yaml = NULL;
    size_t length;
    bool good = false;
    if (asprintf(&path, "%s/" FOLDER "/%s.yaml", root, name) < 0)
        return error_set(error, ERROR_LAB, "out of memory");
    yaml = yaml_file_read(path, &length, error);
    if (yaml != NULL)
        good = keep_scenario(plan, scenario_parse(path + strlen(root) + 1, yaml, length, error), error);
    free(yaml);
    free(path);
    return good;
}

// The scenario of that name, or one of that folder: "idle", also as the shell completes it
// ("scenarios/idle/"), or one that matches: "idle/*".
static bool is_named(const char *name, const char *wanted)
{
    if (strncmp(wanted, FOLDER "/", strlen(FOLDER "/")) == 0)
        wanted += strlen(FOLDER "/");
    if (strpbrk(wanted, "*?[") != NULL)
        return fnmatch(wanted, name, 0) == 0;
    size_t length = strlen(wanted);
    if (length > 0 && wanted[length - 1] == '/')
        length--;
    return strncmp(name, wanted, length) == 0 && (name[length] == '\0' || name[length] == '/');
}

// Reads what one word of the command line stands for, and nothing twice.
static bool read_one_word(struct plan *plan, const struct plan_request *request, const struct name_list *list,
    const char *wanted, bool *chosen, struct error *error)
{
    bool any = false, good = true;
    for (size_t i = 0; good && i < list->count; i++) {
        const bool named = is_named(list->names[i], wanted);
        good = !named || chosen[i] || keep_named(plan, request->root, list->names[i], error);
        chosen[i] |= named;
        any |= named;
    }
    if (!good || any)
        return good;
    char file[PATH_MAX];
    struct stat status;
    path_format(file, "%s.yaml", wanted);
    if (access(file, F_OK) == 0)
        return error_set(
            error, ERROR_INPUT, "unknown scenario '%s': the file here is given as '%s'", wanted, file);
    if (stat(wanted, &status) == 0 && S_ISREG(status.st_mode))
        return error_set(error, ERROR_INPUT, "scenario '%s': the name of a file must end in .yaml", wanted);
    char text[WORDS_TEXT_SIZE];
    const char *const *names = (const char *const *)list->names;
    return error_set(error, ERROR_INPUT, "%s", words_unknown("scenario", wanted, names, list->count, text));
}

// In the order of the words; of each word sorted by name.
static bool read_asked(const struct plan_request *request, const struct name_list *list, bool *chosen,
    struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < request->scenarios_count; i++) {
        const char *wanted = request->scenarios[i];
        if (is_yaml_file(wanted) ? !keep_scenario(plan, scenario_read(wanted, error), error)
                                 : !read_one_word(plan, request, list, wanted, chosen, error))
            return false;
    }
    return true;
}

static bool read_every(
    const struct plan_request *request, const struct name_list *list, struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < list->count; i++)
        if (!is_named(list->names[i], SELFTEST) && !keep_named(plan, request->root, list->names[i], error))
            return false;
    return plan->scenarios_count > 0 || error_set(error, ERROR_INPUT, "there is no scenario");
}

static bool check_scenario_names(const struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->scenarios_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct scenario *a = plan->scenarios[j], *b = plan->scenarios[i];
            if (strcmp(a->name, b->name) == 0)
                return error_set(
                    error, ERROR_INPUT, "two files are named '%s': %s and %s", a->name, a->path, b->path);
        }
    return true;
}

bool plan_read_scenarios(const struct plan_request *request, struct plan *plan, struct error *error)
{
    struct name_list list;
    if (!name_list_read(&list, request->root, FOLDER, DEPTH_MAX, error))
        return false;
    bool good = false, *chosen = calloc(list.count + 1, sizeof(*chosen));
    if (chosen == NULL)
        error_set(error, ERROR_LAB, "out of memory");
    else
        good = (request->scenarios_count > 0 ? read_asked(request, &list, chosen, plan, error)
                                             : read_every(request, &list, plan, error)) &&
               check_scenario_names(plan, error);
    free(chosen);
    name_list_free(&list);
    return good;
}

struct scenario *plan_read_scenario(const char *root, const char *name, struct error *error)
{
    struct plan plan = {0};
    struct scenario *scenario = NULL;
    const struct plan_request request = {.root = root, .scenarios = &name, .scenarios_count = 1};
    if (plan_read_scenarios(&request, &plan, error)) {
        if (plan.scenarios_count == 1)
            scenario = plan.scenarios[0];
        else
            error_set(
                error, ERROR_INPUT, "%s stands for %zu scenarios: expected one", name, plan.scenarios_count);
    }
    for (size_t i = 0; i < plan.scenarios_count; i++)
        if (plan.scenarios[i] != scenario)
            scenario_free(plan.scenarios[i]);
    free(plan.scenarios);
    return scenario;
}
