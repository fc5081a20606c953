// Fuzzes postgres.log: whatever the bytes, the pings and sessions in them are counted.
#include "fuzz/fuzz.h"
#include "trace/server_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct server_counts counts;
    struct error error = {0};
    if (size == 0)
        return 0;
    struct folder_file file = fuzz_file("cell/postgres.log", data, size);
    require(server_log_count(&file, &counts, &error));
    folder_close_file(&file);
    require(counts.pings >= 0 && counts.connects >= 0 && (size_t)counts.connects <= size);
    return 0;
}
