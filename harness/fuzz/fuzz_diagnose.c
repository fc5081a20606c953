// Fuzzes diagnose: whatever the text, it is folded to nothing longer, folding it again changes nothing of
// note, and a text that says what a row says finds that row.
#include "atlas/diagnose.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static struct atlas *make_atlas(const char *text)
{
    static const char *const texts[] = {"SSL SYSCALL error: EOF detected", "",
        "connection to server at \"db\" (10.0.0.1), port 5432 failed: Connection timed out"};
    struct atlas *atlas = atlas_new(NULL, NULL, 0);
    for (size_t i = 0; i <= 3; i++) {
        struct atlas_row row = {.event = strdup("silence"),
            .client = strdup("psycopg2"),
            .outcome = ATLAS_ERROR,
            .text = strdup(i < 3 ? texts[i] : text),
            .kind = strdup("psycopg2.OperationalError")};
        require(atlas_add(atlas, &row));
    }
    return atlas;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size), *folded = diagnose_fold(text);
    struct diagnosis diagnosis;
    require(folded != NULL && strlen(folded) <= strlen(text));
    struct atlas *atlas = make_atlas(text);
    require(diagnose(atlas, text, &diagnosis));
    require(diagnosis.best <= diagnosis.count && diagnosis.count <= atlas->rows_count);
    // Its own text is found as a whole, and nothing fits better than a whole text.
    if (folded[0] != '\0')
        require(diagnosis.count > 0 && diagnosis.matches[0].level <= DIAGNOSE_FOLDED);
    diagnosis_free(&diagnosis);
    atlas_free(atlas);
    free(folded);
    free(text);
    return 0;
}
