// A folder that somebody else may have written: opened once, used by descriptor, nothing in it believed.
// Links in it are not followed, and only regular files of a bounded size are read.
#ifndef HANGUP_BASE_FOLDER_H
#define HANGUP_BASE_FOLDER_H

#include "base/error.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>

#define FOLDER_NAME_MAX  230        // bytes; no name that hangup gives is longer
#define FOLDER_FILE_MAX  (1L << 28) // bytes of one file: run.json of 30,000 cells has half of it
#define FOLDER_NAMES_MAX 200000     // entries of one folder

struct folder {
    int fd;
    char path[PATH_MAX]; // for messages only
};

// A file that is being read, from the beginning. `path` is for messages only.
struct folder_file {
    FILE *stream;
    char path[PATH_MAX];
};

// Whether it names something in a folder itself: one component, neither "." nor "..", without control
// characters, and not too long. What a file says is a name must pass it before it is used as one.
bool folder_name_is_plain(const char *name);

// `path` is the user's own word, so links on the way to it are followed. `category` is that of the error.
bool folder_open(
    struct folder *folder, const char *path, enum error_category category, struct error *error) MUST_CHECK;
// The folder `name` in it; a link to one is refused. The second form makes it where it is not there.
bool folder_enter(const struct folder *folder, const char *name, struct folder *below,
    enum error_category category, struct error *error) MUST_CHECK;
bool folder_enter_new(
    const struct folder *folder, const char *name, struct folder *below, struct error *error) MUST_CHECK;
void folder_close(struct folder *folder);
bool folder_is_same(const struct folder *a, const struct folder *b);

// The names in it, sorted, ended with NULL; to be freed with folder_names_free. Names that are not plain are
// left out. NULL: ERROR_INPUT, also for more than FOLDER_NAMES_MAX.
char **folder_names(const struct folder *folder, struct error *error) MUST_CHECK;
void folder_names_free(char **names);

// There is something of that name, whatever it is; a link.
bool folder_has(const struct folder *folder, const char *name);
bool folder_has_link(const struct folder *folder, const char *name);

// The file `name` in it, to be read. False: nothing to close.
bool folder_open_file(const struct folder *folder, const char *name, struct folder_file *file,
    enum error_category category, struct error *error) MUST_CHECK;
// The same of a path that is the user's own word, or hangup's: links are followed.
bool folder_open_path(
    const char *path, struct folder_file *file, enum error_category category, struct error *error) MUST_CHECK;
void folder_close_file(struct folder_file *file);

// Replaces the file `name` at once, as a new file: what was there, a link too, is replaced and not written
// to. False: ERROR_LAB, and what was there is still there.
bool folder_write_file(const struct folder *folder, const char *name, const char *text, size_t length,
    struct error *error) MUST_CHECK;

// A second name for the regular files of `from`, or copies where that cannot be; what is in `to` under the
// same name is replaced.
bool folder_link_files(const struct folder *from, const struct folder *to, struct error *error) MUST_CHECK;

#endif
