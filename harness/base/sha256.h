// SHA-256 of texts and files, as hexadecimal text.
#ifndef HANGUP_BASE_SHA256_H
#define HANGUP_BASE_SHA256_H

#include "base/folder.h"

#define DIGEST_TEXT_SIZE 65

void digest_text(const char *text, char digest[static DIGEST_TEXT_SIZE]);

// False: it cannot be read to its end; the digest is then an empty text.
bool digest_file(struct folder_file *file, char digest[static DIGEST_TEXT_SIZE]);
// An empty text where there is no such file, or none that can be read.
void digest_file_in(const struct folder *folder, const char *name, char digest[static DIGEST_TEXT_SIZE]);

#endif
