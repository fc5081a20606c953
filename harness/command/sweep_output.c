// Two files, and the strips.
#include "command/sweep_output.h"

#include "base/atomic_file.h"
#include "base/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_sweep_page(FILE *file, const void *context)
{
    const struct sweep_file *sweeps = context;
    sweep_print_page(file, sweeps->sweeps, sweeps->count);
}

static void print_sweeps(const struct sweep_file *file, const struct folder *folder)
{
    for (size_t i = 0; i < file->count; i++)
        sweep_print(stdout, &file->sweeps[i], terminal_width(stdout));
    if (file->shards > 1)
        printf("shard %u/%u; `hangup merge` makes the whole of all shards' folders\n", file->shard,
            file->shards);
    printf("%s\n", folder->path);
}

bool sweep_output(
    const struct sweep_file *file, const struct folder *folder, bool as_json, struct error *error)
{
    json_t *json = sweep_file_to_json(file);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
    json_decref(json);
    if (text == NULL)
        return error_set(error, ERROR_LAB, SWEEP_FILE ": out of memory");
    bool written = folder_write_file(folder, SWEEP_FILE, text, strlen(text), error) &&
                   whole_file_print_in(folder, SWEEP_PAGE_FILE, print_sweep_page, file, error);
    if (written && as_json)
        puts(text);
    else if (written)
        print_sweeps(file, folder);
    free(text);
    return written;
}
