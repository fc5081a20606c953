// A write that returns more than once.
#include "session/fork.h"

#include "base/array.h"
#include "base/json_file.h"
#include "contract/cell_files.h"
#include "contract/fork.h"
#include "lab/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Who waits for sync() lets others run meanwhile: a server would answer before a fault at this moment.
static bool write_file_back(const char *name, struct error *error)
{
    const unsigned all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    int file = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return errno == ENOENT || error_set_errno(error, ERROR_LAB, "%s", name);
    bool written = sync_file_range(file, 0, 0, all) == 0 || error_set_errno(error, ERROR_LAB, "%s", name);
    close(file);
    return written;
}

// A branch opens copies of the files in the folder: what is on its way to them must have arrived.
static bool write_back(struct lab *lab, struct error *error)
{
    static const char *const files[] = {
        CELL_EVENTS_FILE, CELL_CAPTURE_FILE, CELL_LOG_FILE, CELL_SUBJECT_LOG_FILE};
    if (fflush(lab->events) != 0)
        return error_set_errno(error, ERROR_LAB, CELL_EVENTS_FILE);
    bool written = trace_capture_flush(lab->capture, error);
    for (size_t i = 0; written && i < sizeof(files) / sizeof(files[0]); i++)
        written = write_file_back(files[i], error);
    return written;
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

// Takes the cell over.
static bool become(struct lab *lab, struct lab_cells *cells, struct cell *cell, struct error *error)
{
    struct cell **items = array_grow(cells->items, cells->count, sizeof(*items));
    if (items == NULL) {
        cell_free(cell);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    cells->items = items;
    cells->items[cells->count++] = cell;
    lab->cell = cell;
    return true;
}

void lab_cells_free(struct lab_cells *cells)
{
    for (size_t i = 0; i < cells->count; i++)
        cell_free(cells->items[i]);
    free(cells->items);
    *cells = (struct lab_cells){0};
}

bool lab_fork(struct lab *lab, struct lab_cells *cells, int64_t stop, bool *became, struct error *error)
{
    char plan[FORK_GUEST_TEXT];
    const size_t level = cells->count;
    const bool here = cell_stop_at(lab->cell, level) == stop;
    *became = false;
    if (!write_back(lab, error) || !ask(plan, error))
        return false;
    if (strcmp(plan, FORK_GO_ON) == 0 || (plan[0] == '\0' && !here))
        return true;
    // A guest that is no branch reads its plan once more, for it must have done what a branch has.
    json_t *json = json_file_read(plan[0] != '\0' ? plan : fork_plan_files[level], ERROR_LAB, error);
    struct cell *cell = json != NULL ? cell_from_json(json, error) : NULL;
    json_decref(json);
    *became = cell != NULL && become(lab, cells, cell, error);
    return *became;
}
