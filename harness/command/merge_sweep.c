// Each sweep.json is read, joined, and shown as that of a sweep that was not parted.
#include "command/merge_sweep.h"

#include "base/directory.h"
#include "base/json_file.h"
#include "command/sweep_output.h"
#include "result/cell_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool merge_is_sweep(const struct folder *folder)
{
    return folder_has(folder, SWEEP_FILE);
}

static bool read_part(
    const struct folder *folder, const char *name, struct sweep_file *part, struct error *error)
{
    json_t *json = json_file_read_in(folder, SWEEP_FILE, ERROR_INPUT, error);
    bool read = json != NULL && (sweep_file_from_json(json, part, error) || error_context(error, "%s", name));
    json_decref(json);
    return read;
}

static bool take_sweep_cell(
    const struct folder *from, const struct folder *to, const char *dir, struct error *error)
{
    return !folder_has(from, dir) || folder_is_same(from, to) || cell_folder_take(from, to, dir, error);
}

// The cells that a part has run, and the undisturbed one, which each has.
static bool take_sweep_cells(
    const struct sweep_file *part, const struct folder *from, const struct folder *to, struct error *error)
{
    char dir[SWEEP_DIR_SIZE];
    for (size_t i = 0; i < part->count; i++) {
        const struct sweep *sweep = &part->sweeps[i];
        snprintf(dir, sizeof(dir), "%s--undisturbed", sweep->title.name);
        if (!take_sweep_cell(from, to, dir, error))
            return false;
        for (size_t point = 0; point < sweep->points.count; point++)
            if (sweep->class_of[point] != SWEEP_NOT_RUN &&
                !take_sweep_cell(from, to, sweep_point_dir(sweep, point, dir), error))
                return false;
    }
    return true;
}

static bool write_whole(const struct sweep_file *whole, const struct sweep_file *parts,
    const struct folder *folders, size_t count, const char *path, struct error *error)
{
    struct folder folder;
    if (!folder_make_and_open(&folder, path, ERROR_INPUT, error))
        return false;
    bool written = true;
    for (size_t i = 0; written && i < count; i++)
        written = take_sweep_cells(&parts[i], &folders[i], &folder, error);
    written = written && sweep_output(whole, &folder, false, error);
    folder_close(&folder);
    return written;
}

bool merge_sweeps(const struct folder *folders, const char *const *names, size_t count, const char *path,
    struct error *error)
{
    size_t read = 0;
    struct sweep_file whole = {0}, *parts = calloc(count + 1, sizeof(*parts));
    bool good = parts != NULL || error_set(error, ERROR_LAB, "out of memory");
    while (good && read < count) {
        good = read_part(&folders[read], names[read], &parts[read], error);
        read++;
    }
    good = good && sweep_file_join(parts, names, count, &whole, error) &&
           write_whole(&whole, parts, folders, count, path, error);
    sweep_file_free(&whole);
    for (size_t i = 0; i < read; i++)
        sweep_file_free(&parts[i]);
    free(parts);
    return good;
}
