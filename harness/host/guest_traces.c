// The files that stand between host and guest.
#include "host/guest_traces.h"

#include "base/directory.h"
#include "base/path.h"
#include "contract/fork.h"
#include "contract/program.h"

#include <unistd.h>

void guest_traces_remove(const char *folder)
{
    static const char *const files[] = {"task.json", EXEC_PROGRAM_FILE, EXEC_INPUT_FILE};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(path_format(path, "%s/%s", folder, files[i]));
    for (const char *const *plan = fork_plan_files; *plan != NULL; plan++)
        unlink(path_format(path, "%s/%s", folder, *plan));
    folder_remove(path_format(path, "%s/.uml", folder)); // .uml/NAME/{pid,mconsole}
}
