// A small project of subjects and scenarios.
#include "tests/unit/plan/plan_fixture.h"

#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SCENARIO(expect)                                                                                     \
    "claim: c\nnetwork: {rtt: 10ms}\nworkload: [{at: 0s, insert: 1}]\nrun_for: 9s\nexpect: " expect "\n"
#define MANIFEST(strategies) "summary: s\ncommand: [/bin/true]\nstrategies: " strategies "\n"

char plan_root[] = "/tmp/test-plan-XXXXXX";

// A small project: two subjects, four scenarios.
static const struct {
    const char *path, *text;
} files[] = {
    {"scenarios/idle/both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"scenarios/idle/none.yaml", SCENARIO("{none: {errors: 0}}")},
    {"scenarios/steady/price.yaml", SCENARIO("{none: {pings: 0}, pre-ping: {pings: 1}}")},
    {"scenarios/selftest/control.yaml", SCENARIO("{any: {lost: 1}}") "must_fail: true\n"},
    {"scenarios/idle/.hidden.yaml", "this is not read"},
    {"scenarios/README.md", "nor is this"},
    {"pool/subjects/alpha.yaml", MANIFEST("{none: none, checked: pre-ping}")},
    {"pool/subjects/beta.yaml", MANIFEST("{plain: none, special: watching}")},
    {"pool/subjects/node_modules/c.yaml", "nor this"},
    {"other/broken.yaml", "claim: []\n"},
    {"other/both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"other/scenarios/idle/both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"other/idle-both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"other/product.yaml", MANIFEST("{default: unclassed}")},
    {"other/delta.yaml", "summary: s\ncommand: [/nowhere/x]\nstrategies: {none: none}\n"},
};

static char *below_root(const char *path)
{
    static char full[4][PATH_MAX];
    static unsigned next;
    char *text = full[next++ % 4];
    snprintf(text, PATH_MAX, "%s/%s", plan_root, path);
    return text;
}

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

int plan_project_make(void **state)
{
    (void)state;
    if (mkdtemp(plan_root) == NULL)
        return -1;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        char *path = below_root(files[i].path);
        make_folders(path);
        FILE *file = fopen(path, "w");
        if (file == NULL)
            return -1;
        fputs(files[i].text, file);
        fclose(file);
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

int plan_project_remove(void **state)
{
    (void)state;
    return nftw(plan_root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

// Words that start with '@' are paths below the root.
static size_t expand(const char *const words[WORDS_MAX], const char *expanded[WORDS_MAX])
{
    size_t count = 0;
    for (; count < WORDS_MAX && words[count] != NULL; count++)
        expanded[count] = words[count][0] == '@' ? below_root(words[count] + 1) : words[count];
    return count;
}

struct plan *resolve_words(const char *const scenarios[WORDS_MAX], const char *const subjects[WORDS_MAX],
    unsigned shard, unsigned shards, struct error *error)
{
    const char *scenario_words[WORDS_MAX], *subject_words[WORDS_MAX];
    struct plan_request request = {.root = plan_root, .seed = 7, .shard = shard, .shards = shards};
    request.scenarios_count = expand(scenarios, scenario_words);
    request.scenarios = scenario_words;
    request.subjects_count = expand(subjects, subject_words);
    request.subjects = subject_words;
    return plan_resolve(&request, error);
}
