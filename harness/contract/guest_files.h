// The files that a guest's process has open when its kernel starts, by their descriptors: a path would differ
// from machine to machine. On the host these names lead to the files; so they do in the guest, while its root
// is the host's.
#ifndef HANGUP_CONTRACT_GUEST_FILES_H
#define HANGUP_CONTRACT_GUEST_FILES_H

#define GUEST_INIT_FD    3
#define GUEST_LINE_FD    4
#define GUEST_MEMORY_FD  5
#define GUEST_LAB_FD     6
#define GUEST_IMAGE_FD   7
#define GUEST_CONTROL_FD 8 // of a trunk: its kernel's, not for its programs

#define GUEST_TEXT(number)    #number
#define GUEST_TEXT_OF(number) GUEST_TEXT(number)
#define GUEST_FILE(fd)        "/proc/self/fd/" GUEST_TEXT_OF(fd)

#define GUEST_INIT_FILE   GUEST_FILE(GUEST_INIT_FD)
#define GUEST_MEMORY_FILE GUEST_FILE(GUEST_MEMORY_FD)
#define GUEST_LAB_FILE    GUEST_FILE(GUEST_LAB_FD)
#define GUEST_IMAGE_FILE  GUEST_FILE(GUEST_IMAGE_FD)

#endif
