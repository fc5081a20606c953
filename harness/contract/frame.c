// Kind, length (two bytes, the higher first), payload.
#include "contract/frame.h"

#include <string.h>

void exec_frame_put_number(struct exec_frame *frame, size_t index, uint16_t number)
{
    frame->payload[2 * index] = (uint8_t)(number >> 8);
    frame->payload[2 * index + 1] = (uint8_t)number;
    if (frame->length < 2 * index + 2)
        frame->length = 2 * index + 2;
}

uint16_t exec_frame_number(const struct exec_frame *frame, size_t index)
{
    if (frame->length < 2 * index + 2)
        return 0;
    return (uint16_t)(frame->payload[2 * index] << 8 | frame->payload[2 * index + 1]);
}

size_t exec_frame_encode(const struct exec_frame *frame, uint8_t bytes[static EXEC_FRAME_MAX])
{
    bytes[0] = (uint8_t)frame->kind;
    bytes[1] = (uint8_t)(frame->length >> 8);
    bytes[2] = (uint8_t)frame->length;
    memcpy(bytes + EXEC_FRAME_HEADER, frame->payload, frame->length);
    return EXEC_FRAME_HEADER + frame->length;
}

static bool is_kind(uint8_t byte)
{
    return byte == EXEC_FRAME_INPUT || byte == EXEC_FRAME_WINDOW || byte == EXEC_FRAME_SIGNAL;
}

size_t exec_frame_decode(const uint8_t *bytes, size_t length, struct exec_frame *frame)
{
    *frame = (struct exec_frame){0};
    if (length > 0 && !is_kind(bytes[0]))
        return 1;
    if (length < EXEC_FRAME_HEADER)
        return 0;
    size_t payload = (size_t)bytes[1] << 8 | bytes[2];
    if (payload > EXEC_FRAME_PAYLOAD_MAX)
        return 1;
    if (length < EXEC_FRAME_HEADER + payload)
        return 0;
    frame->kind = (enum exec_frame_kind)bytes[0];
    frame->length = payload;
    memcpy(frame->payload, bytes + EXEC_FRAME_HEADER, payload);
    return EXEC_FRAME_HEADER + payload;
}
