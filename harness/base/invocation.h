// How the reader calls this program, and words as a shell reads them: what is printed to be run must work
// when pasted.
#ifndef HANGUP_INVOCATION_H
#define HANGUP_INVOCATION_H

#include <stdio.h>

// argv[0] of main. Before, and when it is NULL, the name is "hangup".
void invocation_remember(const char *name);
// "build/hangup": quoted where a shell needs it.
const char *invocation_name(void);

// The same in what is written to a file to be read elsewhere: "hangup" instead of a path of this machine.
const char *invocation_anywhere(void);

// Prints one word so that a shell reads it as it is: in single quotes when it contains more than letters,
// digits and -_./:=,@%+
void shell_word_print(FILE *out, const char *word);
// The same as a text, which the caller frees; NULL: no memory.
char *shell_word(const char *word);

#endif
