// A cell's capture for Wireshark: with the names of hosts and sides, the keys of TLS, and a comment at each
// packet that met a fault.
#ifndef HANGUP_REPORT_PCAPNG_H
#define HANGUP_REPORT_PCAPNG_H

#include "report/story.h"

#include <stdio.h>

// False: ERROR_LAB, there is no capture, or it is damaged; what came before that is printed.
bool why_print_pcapng(
    FILE *file, const struct story *story, const struct folder *folder, struct error *error) MUST_CHECK;

#endif
