// What the host tells PID 1 while a program runs: frames on a serial line. Pure.
//
// Nothing crosses the line unless somebody types, resizes a window or sends a signal: these come at a moment
// of the host's, so a cell that repeats byte by byte has none of them.
#ifndef HANGUP_CONTRACT_FRAME_H
#define HANGUP_CONTRACT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exec_frame_kind {
    EXEC_FRAME_INPUT = 'i',  // bytes typed
    EXEC_FRAME_WINDOW = 'w', // rows and columns of the terminal
    EXEC_FRAME_SIGNAL = 's', // to the program
};

#define EXEC_FRAME_PAYLOAD_MAX 512
#define EXEC_FRAME_HEADER      3
#define EXEC_FRAME_MAX         (EXEC_FRAME_HEADER + EXEC_FRAME_PAYLOAD_MAX)

struct exec_frame {
    enum exec_frame_kind kind;
    uint8_t payload[EXEC_FRAME_PAYLOAD_MAX];
    size_t length;
};

// A number in the payload of a window (0: rows, 1: columns) or of a signal (0).
void exec_frame_put_number(struct exec_frame *frame, size_t index, uint16_t number);
uint16_t exec_frame_number(const struct exec_frame *frame, size_t index);

// The bytes of a frame; returns how many.
size_t exec_frame_encode(const struct exec_frame *frame, uint8_t bytes[static EXEC_FRAME_MAX]);

// How many bytes the first frame takes; 0: it is not whole yet. A byte that begins no frame is passed over
// (kind 0).
size_t exec_frame_decode(const uint8_t *bytes, size_t length, struct exec_frame *frame);

#endif
