// A write that returns more than once.
#include "session/fork.h"

#include "base/json_file.h"
#include "contract/fork.h"
#include "lab/capture.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// A branch opens copies of the files in the folder: what is on its way to them must have arrived.
static bool write_back(struct lab *lab, struct error *error)
{
    if (fflush(lab->events) != 0)
        return error_set_errno(error, ERROR_LAB, "events.jsonl");
    if (!trace_capture_flush(lab->capture, error))
        return false;
    sync();
    return true;
}

// The text is empty where nobody has said anything.
static bool ask(char text[static FORK_GUEST_TEXT], struct error *error)
{
    int file = open(FORK_GUEST_FILE, O_RDWR | O_CLOEXEC);
    text[0] = '\0';
    if (file < 0)
        return true; // a kernel that cannot fork
    ssize_t length = write(file, "\n", 1) == 1 ? read(file, text, FORK_GUEST_TEXT - 1) : -1;
    if (length >= 0)
        text[length] = '\0';
    close(file);
    return length >= 0 || error_set_errno(error, ERROR_LAB, FORK_GUEST_FILE);
}

bool lab_fork_at_zero(struct lab *lab, struct cell **branch, struct error *error)
{
    char plan[FORK_GUEST_TEXT];
    *branch = NULL;
    if (!write_back(lab, error) || !ask(plan, error))
        return false;
    // A guest that is no branch reads its plan once more, for it must have done what a branch has.
    json_t *json = json_file_read(plan[0] != '\0' ? plan : FORK_BRANCH_PLAN_FILE, ERROR_LAB, error);
    *branch = json != NULL ? cell_from_json(json, error) : NULL;
    json_decref(json);
    if (*branch == NULL)
        return false;
    lab->cell = *branch;
    return true;
}
