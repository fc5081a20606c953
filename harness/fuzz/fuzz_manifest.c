// Fuzzes manifests: whatever the bytes, they are a subject, or refused with file and line.
#include "fuzz/fuzz.h"
#include "subject/subject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char path[] = "pool/subjects/fuzz.yaml";
    struct error error = {0};
    struct subject *subject = subject_parse(path, "/", (const char *)data, size, &error);
    require(subject != NULL || strncmp(error.text, path, strlen(path)) == 0);
    require(subject == NULL || subject->strategies_count > 0);
    subject_free(subject);
    return 0;
}
