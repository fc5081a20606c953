// What a cell takes of the disk. Breaks with: a file with holes counted by its length, a file that is
// overlooked, a link that is followed.
#include "host/guest_disk.h"

#include "base/directory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MB (1 << 20)

static void write_file(const char *path, off_t hole, size_t bytes)
{
    static const char zeros[MB];
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, hole), 0);
    assert_true(lseek(fd, hole, SEEK_SET) == hole);
    for (; bytes > 0; bytes -= MB)
        assert_int_equal(write(fd, zeros, MB), MB);
    close(fd);
}

static void blocks_count_not_lengths(void **state)
{
    char folder[] = "/tmp/hangup-disk-XXXXXX", largest[NAME_MAX + 1];
    struct error error;
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(guest_disk_used(folder, largest), 0);
    write_file("holes", (off_t)1 << 32, MB);
    assert_int_equal(mkdir("below", 0700), 0);
    write_file("below/more", 0, 2 * MB);
    assert_int_equal(symlink("/", "link"), 0);
    int64_t used = guest_disk_used(folder, largest);
    assert_in_range(used, 3 * MB, 3 * MB + MB / 4);
    assert_string_equal(largest, "more");

    struct guest_disk enough = {.limit = 4 * MB}, little = {.limit = 2 * MB},
                      grown = {.limit = 2 * MB, .before = 2 * MB}, none = {.limit = 0};
    assert_true(guest_disk_check(&enough, folder, getpid(), &error));
    assert_true(guest_disk_check(&grown, folder, getpid(), &error));
    assert_true(guest_disk_check(&none, folder, getpid(), &error));
    assert_false(guest_disk_check(&little, folder, getpid(), &error));
    assert_string_equal(error.text,
        "the cell wrote more than 2048 kb to this machine's disk, most of it to more: --disk-limit allows more");
    assert_int_equal(chdir("/"), 0);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_count_not_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
