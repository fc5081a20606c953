#include "contract/fork.h"

#include <stddef.h>

const char *const fork_plan_files[] = {
    "branch.json", "branch-2.json", "branch-3.json", "branch-4.json", NULL};
