// The places are those of the kernel's fs/erofs/erofs_fs.h. Of inodes both kinds, of contents those that are
// not compressed: a folder lies in blocks, and its last piece may lie behind its inode.
#include "base/erofs.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUPER_BLOCK 1024
#define MAGIC       0xe0f5e1e2
#define ENTRY_SIZE  12
#define LINKS_MAX   16
#define FLAT_PLAIN  0
#define FLAT_INLINE 2

struct erofs {
    const uint8_t *bytes;
    uint64_t size, block, inodes; // bytes of the file, of a block; where inodes begin
    uint64_t root;
};

struct inode {
    mode_t mode;
    uint64_t size;
    uint64_t blocks; // where its content begins
    uint64_t tail;   // where the last piece lies, when it is inline; 0: it is not
};

static bool is_within(const struct erofs *image, uint64_t at, uint64_t length)
{
    return at <= image->size && length <= image->size - at;
}

static uint64_t read_number(const struct erofs *image, uint64_t at, unsigned bytes)
{
    uint64_t number = 0;
    if (is_within(image, at, bytes))
        memcpy(&number, image->bytes + at, bytes);
    return le64toh(number);
}

static bool read_super_block(struct erofs *image, const char *path, struct error *error)
{
    if (!is_within(image, SUPER_BLOCK, 128) || read_number(image, SUPER_BLOCK, 4) != MAGIC)
        return error_set(error, ERROR_INPUT, "%s: this is no image (no EROFS)", path);
    const uint64_t bits = image->bytes[SUPER_BLOCK + 12];
    if (bits < 9 || bits > 16)
        return error_set(error, ERROR_INPUT, "%s: a damaged image", path);
    image->block = 1ULL << bits;
    image->root = read_number(image, SUPER_BLOCK + 14, 2);
    image->inodes = read_number(image, SUPER_BLOCK + 40, 4) << bits;
    const uint64_t whole = read_number(image, SUPER_BLOCK + 36, 4) << bits;
    return whole <= image->size ||
           error_set(error, ERROR_INPUT, "%s: the image is cut off: %llu bytes of %llu", path,
               (unsigned long long)image->size, (unsigned long long)whole);
}

static bool map_image(struct erofs *image, const char *path, struct error *error)
{
    struct stat attributes;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &attributes) != 0) {
        error_set_errno(error, ERROR_INPUT, "%s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    const bool is_file = S_ISREG(attributes.st_mode) && attributes.st_size > 0;
    void *bytes = MAP_FAILED;
    if (is_file)
        bytes = mmap(NULL, (size_t)attributes.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        if (is_file) // the machine's limit, not the image's fault
            error_set_errno(error, ERROR_LAB, "%s: cannot be mapped into memory (ulimit -v)", path);
        else
            error_set(error, ERROR_INPUT, "%s: this is no image (no EROFS)", path);
        close(fd);
        return false;
    }
    close(fd);
    image->bytes = bytes;
    image->size = (uint64_t)attributes.st_size;
    return true;
}

struct erofs *erofs_open(const char *path, struct error *error)
{
    struct erofs *image = calloc(1, sizeof(*image));
    if (image == NULL)
        error_set(error, ERROR_LAB, "out of memory");
    else if (map_image(image, path, error) && read_super_block(image, path, error))
        return image;
    erofs_close(image);
    return NULL;
}

void erofs_close(struct erofs *image)
{
    if (image != NULL && image->bytes != NULL)
        munmap((void *)image->bytes, (size_t)image->size);
    free(image);
}

static bool read_inode(const struct erofs *image, uint64_t number, struct inode *inode)
{
    const uint64_t at = image->inodes + number * 32;
    const bool extended = (read_number(image, at, 2) & 1) != 0;
    const uint64_t length = extended ? 64 : 32;
    const unsigned layout = (unsigned)(read_number(image, at, 2) >> 1) & 7;
    if (number > image->size / 32 || !is_within(image, at, length) ||
        (layout != FLAT_PLAIN && layout != FLAT_INLINE))
        return false;
    const uint64_t attributes = read_number(image, at + 2, 2);
    inode->mode = (mode_t)read_number(image, at + 4, 2);
    inode->size = read_number(image, at + 8, extended ? 8 : 4);
    inode->blocks = read_number(image, at + 16, 4) * image->block;
    inode->tail = layout == FLAT_INLINE ? at + length + (attributes > 0 ? 12 + (attributes - 1) * 4 : 0) : 0;
    return true;
}

// The piece of a content that lies in its `nth` block. Its length; 0: there is none.
static uint64_t piece_of(const struct erofs *image, const struct inode *inode, uint64_t nth, uint64_t *at)
{
    const uint64_t begin = nth * image->block;
    if (nth > image->size / image->block || begin >= inode->size)
        return 0;
    const uint64_t left = inode->size - begin;
    const uint64_t length = left < image->block ? left : image->block;
    *at = inode->tail != 0 && left <= image->block && left % image->block != 0 ? inode->tail
                                                                               : inode->blocks + begin;
    return is_within(image, *at, length) ? length : 0;
}

// Names end where the next one begins; the last one at a NUL, or with its piece.
static bool find_in_piece(const struct erofs *image, uint64_t at, uint64_t length, const char *name,
    size_t name_length, uint64_t *found)
{
    const uint64_t count = read_number(image, at + 8, 2) / ENTRY_SIZE;
    for (uint64_t i = 0; i < count && (i + 1) * ENTRY_SIZE <= length; i++) {
        const uint64_t entry = at + i * ENTRY_SIZE, begin = read_number(image, entry + 8, 2);
        const uint64_t end = i + 1 < count && (i + 2) * ENTRY_SIZE <= length
                                 ? read_number(image, entry + ENTRY_SIZE + 8, 2)
                                 : length;
        if (begin > end || end > length)
            return false;
        if (strnlen((const char *)image->bytes + at + begin, end - begin) == name_length &&
            memcmp(image->bytes + at + begin, name, name_length) == 0) {
            *found = read_number(image, entry, 8);
            return true;
        }
    }
    return false;
}

static bool find_in_folder(const struct erofs *image, const struct inode *folder, const char *name,
    size_t name_length, uint64_t *found)
{
    uint64_t at, length;
    for (uint64_t nth = 0; (length = piece_of(image, folder, nth, &at)) > 0; nth++)
        if (find_in_piece(image, at, length, name, name_length, found))
            return true;
    return false;
}

// On the way along a path: the folders that were entered, and what is still to come.
struct walk {
    uint64_t folders[128];
    size_t depth;
    char left[PATH_MAX];
    const char *at; // in `left`
    int links;
};

// What a link says takes its place, before what is left.
static bool follow_link(const struct erofs *image, const struct inode *link, struct walk *walk)
{
    char joined[PATH_MAX];
    uint64_t from;
    const uint64_t length = piece_of(image, link, 0, &from);
    const size_t rest = strlen(walk->at) + 1;
    if (++walk->links > LINKS_MAX || length == 0 || length != link->size || length + rest > sizeof(joined))
        return false;
    memcpy(joined, image->bytes + from, length);
    memcpy(joined + length, walk->at, rest);
    memcpy(walk->left, joined, length + rest);
    walk->at = walk->left;
    if (walk->left[0] == '/')
        walk->depth = 0;
    return true;
}

static bool step(const struct erofs *image, struct walk *walk)
{
    const char *name = walk->at;
    const size_t length = strcspn(name, "/");
    struct inode inode;
    uint64_t found;
    walk->at += length;
    if (length == 2 && memcmp(name, "..", 2) == 0) {
        walk->depth -= walk->depth > 0;
        return true;
    }
    if (!read_inode(image, walk->folders[walk->depth], &inode) || !S_ISDIR(inode.mode) ||
        !find_in_folder(image, &inode, name, length, &found) || !read_inode(image, found, &inode))
        return false;
    if (S_ISLNK(inode.mode))
        return follow_link(image, &inode, walk);
    if (walk->depth + 1 == sizeof(walk->folders) / sizeof(walk->folders[0]))
        return false;
    walk->folders[++walk->depth] = found;
    return true;
}

bool erofs_has(const struct erofs *image, const char *path)
{
    struct walk walk = {.folders = {image->root}};
    const size_t length = strlen(path);
    if (length >= sizeof(walk.left))
        return false;
    memcpy(walk.left, path, length + 1);
    for (walk.at = walk.left; *(walk.at += strspn(walk.at, "/")) != '\0';)
        if (!step(image, &walk))
            return false;
    return true;
}
