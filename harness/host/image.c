// Names are links in the folder of images, "debian-13 -> debian-13-63f4b249f521f97e.erofs": the name of the
// file carries the beginning of its digest.
#include "host/image.h"

#include "base/name_list.h"
#include "base/path.h"
#include "base/suggest.h"
#include "host/advice.h"
#include "host/file_digest.h"

#include <glob.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX       ".erofs"
#define DIGEST_SHORT 16

static bool find_named(const struct paths *paths, const char *name, char path[static PATH_MAX])
{
    char candidate[PATH_MAX];
    path_format(candidate, "%s/%s", paths->images, name);
    if (realpath(candidate, path) != NULL)
        return true;
    path_format(candidate, "%s/images/%s", paths->root, name);
    return realpath(candidate, path) != NULL;
}

// scripts/images/NAME.list: what can be made.
static bool can_be_made(const struct paths *paths, const char *name)
{
    char list[PATH_MAX];
    return access(path_format(list, "%s/scripts/images/%s.list", paths->root, name), R_OK) == 0;
}

static bool refuse_unknown(const char *name, struct error *error)
{
    static const char *const known[] = {"debian-12", IMAGE_DEFAULT, IMAGE_WITH_PEERS, "forky"};
    char text[WORDS_TEXT_SIZE];
    return error_set(error, ERROR_INPUT, "%s, or a file: `make image IMAGE=...` makes one",
        words_unknown("image", name, known, sizeof(known) / sizeof(known[0]), text));
}

static bool refuse_missing(const struct paths *paths, const char *name, struct error *error)
{
    char command[ADVICE_SIZE];
    return error_set(error, ERROR_LAB, "there is no image %s yet; this makes it, once, in some minutes: %s",
        name, advice_image(paths, name, command));
}

static bool find_by_name(
    struct image *image, const struct paths *paths, const char *name, struct error *error)
{
    snprintf(image->name, sizeof(image->name), "%s", name);
    if (find_named(paths, name, image->path))
        return true;
    image->path[0] = '\0'; // realpath leaves there how far it came
    return can_be_made(paths, name) || strcmp(name, IMAGE_DEFAULT) == 0 ? refuse_missing(paths, name, error)
                                                                        : refuse_unknown(name, error);
}

static bool is_file_name(const char *wanted)
{
    const size_t length = strlen(wanted), suffix = strlen(SUFFIX);
    return strchr(wanted, '/') != NULL || (length > suffix && strcmp(wanted + length - suffix, SUFFIX) == 0);
}

// "debian-13-63f4b249f521f97e.erofs" -> its 16 digits. NULL: the name says nothing of the content.
static const char *digest_in_name(const char *path)
{
    const size_t length = strlen(path), suffix = strlen(SUFFIX);
    const char *digits = path + length - suffix - DIGEST_SHORT;
    if (length < suffix + DIGEST_SHORT + 1 || strcmp(path + length - suffix, SUFFIX) != 0 ||
        digits[-1] != '-' || strspn(digits, "0123456789abcdef") != DIGEST_SHORT)
        return NULL;
    return digits;
}

static bool find_by_path(struct image *image, const char *path, struct error *error)
{
    char copy[PATH_MAX];
    if (realpath(path, image->path) == NULL)
        return error_set_errno(error, ERROR_INPUT, "image %s", path);
    const char *digits = digest_in_name(image->path);
    path_format(copy, "%.*s", digits != NULL ? (int)(digits - 1 - image->path) : PATH_MAX, image->path);
    snprintf(image->name, sizeof(image->name), "%s", basename(copy));
    return true;
}

static bool find_image(
    struct image *image, const struct paths *paths, const char *wanted, struct error *error)
{
    if (wanted == NULL || wanted[0] == '\0')
        wanted = getenv("HANGUP_IMAGE");
    if (wanted == NULL || wanted[0] == '\0') {
        char path[PATH_MAX];
        wanted = find_named(paths, IMAGE_WITH_PEERS, path) ? IMAGE_WITH_PEERS : IMAGE_DEFAULT;
    }
    return is_file_name(wanted) ? find_by_path(image, wanted, error)
                                : find_by_name(image, paths, wanted, error);
}

static bool check_content(struct image *image, const struct paths *paths, struct error *error)
{
    if (!file_digest(paths, image->path, image->sha256, error))
        return false;
    const char *digits = digest_in_name(image->path);
    return digits == NULL || strncmp(digits, image->sha256, DIGEST_SHORT) == 0 ||
           error_set(error, ERROR_INPUT,
               "%s: damaged: its content has the digest %.16s, its name says %.16s; remove it, then `make image IMAGE=%s`",
               image->path, image->sha256, digits, image->name);
}

bool image_find(struct image *image, const struct paths *paths, const char *wanted, struct error *error)
{
    *image = (struct image)IMAGE_NONE;
    if (!find_image(image, paths, wanted, error))
        return false;
    image->files = erofs_open(image->path, error);
    if (image->files != NULL && check_content(image, paths, error))
        return true;
    image_close(image);
    return false;
}

void image_close(struct image *image)
{
    erofs_close(image->files);
    image->files = NULL;
}

// A name is a link without a dot; with one it is that of a recipe, or a file's.
static size_t add_names(const char *folder, char *text, size_t size)
{
    char pattern[PATH_MAX];
    glob_t links;
    size_t count = 0;
    if (glob(path_format(pattern, "%s/*", folder), 0, NULL, &links) == 0) {
        for (size_t i = 0; i < links.gl_pathc; i++) {
            const char *name = strrchr(links.gl_pathv[i], '/') + 1;
            const size_t used = strlen(text);
            if (strchr(name, '.') == NULL && strcmp(name, "lock") != 0 && strcmp(name, "work") != 0) {
                snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", name);
                count++;
            }
        }
    }
    globfree(&links);
    return count;
}

size_t image_names(const struct paths *paths, char *text, size_t size)
{
    char folder[PATH_MAX];
    text[0] = '\0';
    const size_t made = add_names(paths->images, text, size);
    return made + add_names(path_format(folder, "%s/images", paths->root), text, size);
}
