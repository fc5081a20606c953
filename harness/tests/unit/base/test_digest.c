// SHA-256 against the vectors of FIPS 180-4, as texts and as files.
#include "base/sha256.h"

#include "tests/unit/base/opened.h"
#include "tests/unit/base/temporary_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text, *digest;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        char digest[DIGEST_TEXT_SIZE];
        digest_text(vectors[i].text, digest);
        assert_string_equal(digest, vectors[i].digest);
    }
}

static bool digest_path(const char *path, char digest[static DIGEST_TEXT_SIZE])
{
    struct folder_file file;
    struct error error;
    if (!folder_open_path(path, &file, ERROR_LAB, &error))
        return false;
    bool whole = digest_file(&file, digest);
    folder_close_file(&file);
    return whole;
}

static void files(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        char path[] = "/tmp/test-digest-XXXXXX", digest[DIGEST_TEXT_SIZE];
        temporary_file(path, vectors[i].text, strlen(vectors[i].text));
        assert_true(digest_path(path, digest));
        assert_string_equal(digest, vectors[i].digest);
        unlink(path);
    }
}

// Breaks with: only the first block read. The standard's third vector: a million times "a".
static void a_file_of_many_blocks(void **state)
{
    (void)state;
    const size_t length = 1000000;
    char path[] = "/tmp/test-digest-XXXXXX", digest[DIGEST_TEXT_SIZE];
    char *bytes = malloc(length);
    assert_non_null(bytes);
    memset(bytes, 'a', length);
    temporary_file(path, bytes, length);
    free(bytes);
    assert_true(digest_path(path, digest));
    assert_string_equal(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    unlink(path);
}

// Breaks with: the digest of nothing for a file that cannot be read: two of those would be "identical".
static void an_unreadable_file_has_no_digest(void **state)
{
    (void)state;
    static const char *const names[] = {"null", "nonexistent", "fd", "../etc/passwd"};
    struct folder folder = opened("/dev");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char digest[DIGEST_TEXT_SIZE] = "old";
        digest_file_in(&folder, names[i], digest);
        assert_string_equal(digest, "");
    }
    folder_close(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(files),
        cmocka_unit_test(a_file_of_many_blocks),
        cmocka_unit_test(an_unreadable_file_has_no_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
