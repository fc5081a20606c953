// The file format of https://www.ietf.org/archive/id/draft-gharris-opsawg-pcap-01.html, as far as the lab
// writes it. The tool that judges needs no library for that.
#include "trace/capture_file.h"

#include <stdio.h>
#include <stdlib.h>

#define MAGIC_NANOSECONDS UINT32_C(0xa1b23c4d)
#define LINK_LINUX_SLL2   276
#define PACKET_MAX        65535 // what the lab's capture takes of one
#define NS_PER_S          INT64_C(1000000000)

struct file_header {
    uint32_t magic; // in the byte order of all that follows
    uint16_t version_major, version_minor;
    uint32_t reserved[2];
    uint32_t snapshot_length, link_type;
};

struct record_header {
    uint32_t seconds, nanoseconds;
    uint32_t kept, original; // bytes
};

struct capture_file {
    FILE *stream; // the caller's, as the path is
    const char *path;
    uint8_t packet[PACKET_MAX];
};

static bool truncated(const struct capture_file *file, struct error *error)
{
    return ferror(file->stream) ? error_set_errno(error, ERROR_LAB, "%s", file->path)
                                : error_set(error, ERROR_LAB, "%s: the file is truncated", file->path);
}

static bool check_header(const struct capture_file *file, struct error *error)
{
    struct file_header header;
    if (fread(&header, sizeof(header), 1, file->stream) != 1)
        return truncated(file, error);
    if (header.magic != MAGIC_NANOSECONDS)
        return error_set(error, ERROR_LAB, "%s: unknown file format", file->path);
    return header.link_type == LINK_LINUX_SLL2 ||
           error_set(error, ERROR_LAB, "%s: link type %u, expected LINUX_SLL2", file->path, header.link_type);
}

struct capture_file *capture_file_new(struct folder_file *source, struct error *error)
{
    struct capture_file *file = calloc(1, sizeof(*file));
    if (file == NULL) {
        (void)error_set(error, ERROR_LAB, "%s: out of memory", source->path);
        return NULL;
    }
    file->stream = source->stream;
    file->path = source->path;
    if (check_header(file, error))
        return file;
    capture_file_free(file);
    return NULL;
}

// `bytes` of the record's header are there already.
static bool read_record(
    struct capture_file *file, const struct record_header *header, size_t bytes, struct error *error)
{
    if (bytes != sizeof(*header))
        return truncated(file, error);
    if (header->kept > sizeof(file->packet))
        return error_set(error, ERROR_LAB, "%s: damaged: a packet of %u bytes", file->path, header->kept);
    return fread(file->packet, 1, header->kept, file->stream) == header->kept || truncated(file, error);
}

enum capture_status capture_file_next(
    struct capture_file *file, struct capture_record *record, struct error *error)
{
    struct record_header header;
    size_t bytes = fread(&header, 1, sizeof(header), file->stream);
    if (bytes == 0 && feof(file->stream))
        return CAPTURE_END;
    if (!read_record(file, &header, bytes, error))
        return CAPTURE_BROKEN;
    *record = (struct capture_record){
        .at_ns = header.seconds * NS_PER_S + header.nanoseconds, .data = file->packet, .length = header.kept};
    return CAPTURE_RECORD;
}

void capture_file_free(struct capture_file *file)
{
    free(file);
}
