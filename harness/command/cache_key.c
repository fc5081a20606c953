// hangup cache-key: what the kernel and the images of a lab are made from, as one word.
#include "base/path.h"
#include "base/sha256.h"
#include "command/arguments.h"
#include "command/command.h"
#include "host/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_DIGITS 16

const char command_cache_key_help[] =
    "usage: hangup cache-key\n"
    "\n"
    "Prints a word that changes when the lab's kernel or images are made from something else: the key under which a CI keeps ~/.cache/hangup from job to job.\n"
    "\n"
    "  --help     this text\n"
    "\n"
    "Exit status: 0, or 2 where what hangup brings cannot be read.\n";

// Below what hangup brings. A file, or a folder whose files count.
static const char *const recipes[] = {"scripts/build-kernel.sh", "scripts/kernel-source.sh",
    "scripts/kernel/6", "scripts/kernel/7", "scripts/kernel/all", "scripts/build-image.sh",
    "scripts/image-finish.sh", "scripts/images", "pool/subjects/go", "pool/subjects/java",
    "pool/subjects/rust", "pool/subjects/node/package-lock.json", "pool/probes/go", "pool/probes/java",
    "pool/probes/rust"};

static bool add_file(FILE *text, const struct folder *folder, const char *name, struct error *error)
{
    char digest[DIGEST_TEXT_SIZE];
    struct folder_file file;
    if (!folder_open_file(folder, name, &file, ERROR_INPUT, error))
        return false;
    bool read = digest_file(&file, digest) || error_set(error, ERROR_INPUT, "%s: cannot be read", file.path);
    folder_close_file(&file);
    fprintf(text, "%s %s\n", name, digest);
    return read;
}

static bool add_folder(FILE *text, const struct folder *folder, struct error *error)
{
    char **names = folder_names(folder, error);
    bool read = names != NULL;
    for (size_t i = 0; read && names[i] != NULL; i++) {
        struct folder below;
        struct error none = {0};
        if (folder_enter(folder, names[i], &below, ERROR_INPUT, &none)) {
            read = add_folder(text, &below, error);
            folder_close(&below);
        } else
            read = add_file(text, folder, names[i], error);
    }
    folder_names_free(names);
    return read;
}

static bool add_recipe(FILE *text, const char *root, const char *recipe, struct error *error)
{
    char path[PATH_MAX];
    struct folder folder;
    struct error none = {0};
    path_format(path, "%s/%s", root, recipe);
    fprintf(text, "%s\n", recipe);
    const bool is_folder = folder_open(&folder, path, ERROR_INPUT, &none);
    char *name = basename(path);
    if (name == path)
        return error_set(error, ERROR_INPUT, "%s/%s: the path is too long", root, recipe);
    if (!is_folder) {
        name[-1] = '\0'; // what is before it is the folder that the file is in
        if (!folder_open(&folder, path, ERROR_INPUT, error))
            return false;
    }
    bool added = is_folder ? add_folder(text, &folder, error) : add_file(text, &folder, name, error);
    folder_close(&folder);
    return added;
}

static bool print_cache_key(const struct paths *paths, struct error *error)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    if (file == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = true;
    for (size_t i = 0; good && i < sizeof(recipes) / sizeof(recipes[0]); i++)
        good = add_recipe(file, paths->root, recipes[i], error);
    if (fclose(file) == 0 && good) {
        char digest[DIGEST_TEXT_SIZE];
        digest_text(text, digest);
        printf("hangup-%.*s\n", KEY_DIGITS, digest);
    }
    free(text);
    return good;
}

int command_cache_key(int argc, char **argv)
{
    struct command_arguments arguments;
    struct paths paths;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 0, 0, command_cache_key_help, &arguments, &status))
        return status;
    bool printed = paths_find(&paths, &error) && print_cache_key(&paths, &error);
    return printed ? EXIT_AS_EXPECTED : command_fail(&error);
}
