// A capture read back from its file: pcap with nanosecond stamps and the link type LINUX_SLL2, as the lab
// writes it.
#ifndef HANGUP_TRACE_CAPTURE_FILE_H
#define HANGUP_TRACE_CAPTURE_FILE_H

#include "base/folder.h"

#include <stddef.h>
#include <stdint.h>

struct capture_file;

struct capture_record {
    int64_t at_ns;       // of the lab's wall clock
    const uint8_t *data; // from the SLL2 header on; until the next record is read
    size_t length;
};

enum capture_status { CAPTURE_RECORD, CAPTURE_END, CAPTURE_BROKEN };

// Reads from where `source` stands, which stays the caller's and open. NULL: ERROR_LAB, and the text begins
// with the path. So does that of CAPTURE_BROKEN.
struct capture_file *capture_file_new(struct folder_file *source, struct error *error) MUST_CHECK;
enum capture_status capture_file_next(
    struct capture_file *file, struct capture_record *record, struct error *error) MUST_CHECK;
void capture_file_free(struct capture_file *file);

#endif
