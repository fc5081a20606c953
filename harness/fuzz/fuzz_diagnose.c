// Fuzzes diagnose: whatever the text, it is folded to nothing longer, and a diagnosis of it ends; what is
// known is found beside it.
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

static void check_diagnosis(const struct phrases *phrases, const char *text, size_t length, bool known)
{
    struct diagnosis diagnosis;
    struct log *log = log_new(text, length);
    require(log != NULL && diagnose(phrases, log, &diagnosis));
    require(!known || diagnosis.count > 0);
    for (size_t i = 0; i < diagnosis.count; i++)
        require(diagnosis.findings[i].causes_count > 0 && diagnosis.findings[i].phrases_count > 0);
    diagnosis_free(&diagnosis);
    log_free(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sayings *sayings;
    struct error error = {0};
    if (sayings == NULL)
        sayings = sayings_new(&error);
    require(sayings != NULL);
    char *text = strndup((const char *)data, size), *folded = diagnose_fold(text), *beside = NULL;
    require(folded != NULL && strlen(folded) <= strlen(text));
    struct atlas *atlas = make_atlas(text);
    struct phrases *phrases = phrases_new(atlas, sayings);
    require(phrases != NULL);
    check_diagnosis(phrases, (const char *)data, size, false);
    require(asprintf(&beside, "2026-01-02 server closed the connection unexpectedly\n%s", text) >= 0);
    check_diagnosis(phrases, beside, strlen(beside), true);
    phrases_free(phrases);
    atlas_free(atlas);
    free(beside);
    free(folded);
    free(text);
    return 0;
}
