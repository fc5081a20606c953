// SHA-256 of texts and files, as hexadecimal text.
#ifndef HANGUP_BASE_SHA256_H
#define HANGUP_BASE_SHA256_H

#include <stdbool.h>

#define DIGEST_TEXT_SIZE 65

void digest_text(const char *text, char digest[static DIGEST_TEXT_SIZE]);

// False: the file cannot be read (errno says why); the digest is then an empty text.
bool digest_file(const char *path, char digest[static DIGEST_TEXT_SIZE]);

// The same of a file in a results folder, as stored_file.h opens it.
bool digest_stored(const char *path, char digest[static DIGEST_TEXT_SIZE]);

#endif
