// Fuzzes captures: whatever the bytes, they are counted, or refused with the path; and each connection in
// them can be looked at.
#include "fuzz/fuzz.h"
#include "trace/connection.h"
#include "trace/hang.h"
#include "trace/silence.h"
#include "trace/wire.h"

#define CONNECTIONS 4

static void look(const uint8_t *data, size_t size)
{
    struct folder_file file = fuzz_file("cell/capture.pcap", data, size);
    struct atlas_packets packets;
    struct error error = {0};
    size_t syn;
    if (atlas_packets_read(&file, 0, &packets, &error)) {
        for (size_t n = 0; n < CONNECTIONS && atlas_find_connection(&packets, INT64_MIN, n, &syn); n++)
            (void)atlas_evidence_of(&packets, syn, INT64_MAX);
        require(exec_count_connections(&packets) >= 0);
        json_decref(exec_find_silences(&packets, 100000000));
        json_decref(trace_find_hangs(&packets, 100000000));
    }
    atlas_packets_free(&packets);
    folder_close_file(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_counts counts;
    struct error error = {0};
    if (size == 0)
        return 0;
    struct folder_file file = fuzz_file("cell/capture.pcap", data, size);
    bool counted = trace_wire_count(&file, (struct wire_question){INT64_MAX, 1}, &counts, &error);
    folder_close_file(&file);
    require(counted || strncmp(error.text, "cell/capture.pcap: ", 19) == 0);
    if (counted) {
        require(counts.packets >= 0 && counts.swallowed >= 0 && counts.handshake_rtt_us >= -1);
        wire_counts_clear(&counts);
    }
    look(data, size);
    return 0;
}
