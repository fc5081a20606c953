// What is found in an image, and what is refused: an image that is made here, byte by byte.
#include "base/erofs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BLOCK  512
#define BLOCKS 4

static uint8_t image[BLOCK * BLOCKS + 1024];
static char path[] = "/tmp/test-erofs-XXXXXX";

static void put(size_t at, uint64_t number, unsigned bytes)
{
    memcpy(image + at, &number, bytes);
}

// Inodes begin at block 3; each has room for 64 bytes behind its own, where its content lies.
static void put_inode(unsigned nth, mode_t mode, const void *content, size_t length)
{
    const size_t at = 3 * BLOCK + (size_t)nth * 128;
    put(at, 1 | (2 << 1), 2); // extended, its last piece inline
    put(at + 4, mode, 2);
    put(at + 8, length, 8);
    memcpy(image + at + 64, content, length);
}

static size_t put_entry(uint8_t *folder, unsigned nth, size_t name_at, unsigned inode, const char *name)
{
    const uint64_t number = (uint64_t)inode * 4; // in units of 32 bytes
    const uint16_t offset = (uint16_t)name_at;
    memcpy(folder + (size_t)nth * 12, &number, 8);
    memcpy(folder + (size_t)nth * 12 + 8, &offset, 2);
    size_t end = name_at;
    for (; *name != '\0'; name++)
        folder[end++] = (uint8_t)*name;
    return end;
}

// /bin -> usr, /usr/sh, /usr/up -> /bin/../usr/sh, /usr/loop -> loop
static void make_image(void)
{
    uint8_t root[64] = {0}, usr[64] = {0};
    memset(image, 0, sizeof(image));
    put(1024, 0xe0f5e1e2, 4);
    image[1024 + 12] = 9;
    put(1024 + 14, 0, 2);
    put(1024 + 36, sizeof(image) / BLOCK, 4);
    put(1024 + 40, 3, 4);
    size_t end = put_entry(root, 0, 24, 1, "bin");
    end = put_entry(root, 1, end, 2, "usr");
    put_inode(0, S_IFDIR | 0755, root, end);
    put_inode(1, S_IFLNK | 0777, "usr", 3);
    end = put_entry(usr, 0, 36, 3, "loop");
    end = put_entry(usr, 1, end, 4, "sh");
    end = put_entry(usr, 2, end, 5, "up");
    put_inode(2, S_IFDIR | 0755, usr, end);
    put_inode(3, S_IFLNK | 0777, "loop", 4);
    put_inode(4, S_IFREG | 0755, "x", 1);
    put_inode(5, S_IFLNK | 0777, "/bin/../usr/sh", 14);
}

static struct erofs *open_image(size_t length, struct error *error)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(image, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return erofs_open(path, error);
}

// Breaks with: a link that is not followed, or without end; a name that is the beginning of another.
static void what_is_there_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool there;
    } cases[] = {{"/", true}, {"/usr", true}, {"/usr/sh", true}, {"/bin/sh", true}, {"/usr/up", true},
        {"//usr///sh", true}, {"/usr/../bin/sh", true}, {"/../usr/sh", true}, {"/usr/s", false},
        {"/usr/sha", false}, {"/usr/sh/x", false}, {"/nowhere", false}, {"/usr/loop", false}};
    struct error error = {0};
    make_image();
    struct erofs *opened = open_image(sizeof(image), &error);
    assert_string_equal(error.text, "");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (erofs_has(opened, cases[i].path) != cases[i].there)
            fail_msg("%s", cases[i].path);
    erofs_close(opened);
}

// Breaks with: an image whose end is not looked for.
static void what_is_no_image_is_refused(void **state)
{
    (void)state;
    struct error error = {0};
    make_image();
    assert_null(open_image(sizeof(image) - 1, &error));
    assert_non_null(strstr(error.text, "cut off"));
    assert_null(open_image(0, &error));
    assert_non_null(strstr(error.text, "no image"));
    image[1024] ^= 1;
    assert_null(open_image(sizeof(image), &error));
    assert_non_null(strstr(error.text, "no image"));
    assert_null(erofs_open("/nonexistent", &error));
    assert_null(erofs_open("/tmp", &error));
    assert_int_equal(error.category, ERROR_INPUT);
}

// Breaks with: a number in the image that is believed. What is found does not matter, but that nothing is
// read beyond it: the sanitizers say so.
static void damaged_images_do_no_harm(void **state)
{
    (void)state;
    struct error error = {0};
    for (size_t at = 1024; at < sizeof(image); at++) {
        if (at == 1024 + 128)
            at = (size_t)3 * BLOCK;
        make_image();
        image[at] = 0xff;
        struct erofs *opened = open_image(sizeof(image), &error);
        if (opened != NULL)
            (void)(erofs_has(opened, "/bin/sh") && erofs_has(opened, "/usr/up"));
        erofs_close(opened);
    }
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there_is_found),
        cmocka_unit_test(what_is_no_image_is_refused),
        cmocka_unit_test(damaged_images_do_no_harm),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
