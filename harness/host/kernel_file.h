// What the file of a guest kernel says of itself.
#ifndef HANGUP_HOST_KERNEL_FILE_H
#define HANGUP_HOST_KERNEL_FILE_H

#include <stdbool.h>

struct kernel_file {
    bool whole;   // an ELF program for this machine, to its end
    bool dynamic; // it needs libraries of the host: those of Linux 6, Linux 7 is static
};

struct kernel_file kernel_file_read(const char *path);

#endif
