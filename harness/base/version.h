// The version of hangup, of its manual pages and of what `make install` installs. PQPOOL_VERSION is the
// library's own.
#ifndef HANGUP_VERSION_H
#define HANGUP_VERSION_H

#define HANGUP_VERSION "0.1.0"

#endif
