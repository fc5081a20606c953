// The lab's PostgreSQL is unmodified; this library, preloaded into it, asks its OpenSSL for the keys of each
// connection, so that Wireshark shows messages of any client. It runs in the server's processes, says
// nothing on the wire, and adds the lines of OpenSSL's key log to one file.
#include "lab/mount.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

// As OpenSSL declares them; its headers would name a version of it, and the image has its own.
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;
typedef struct ssl_method_st SSL_METHOD;
typedef void keylog_callback(const SSL *connection, const char *line);

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method);

static void keep_line(const SSL *connection, const char *line)
{
    struct iovec parts[] = {{(void *)line, strlen(line)}, {(char[]){'\n'}, 1}};
    (void)connection;
    int file = open(LAB_MOUNT_KEYS, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    if (writev(file, parts, 2) < 0) // who has no keys sees the packets as they are
        unlink(LAB_MOUNT_KEYS);
    close(file);
}

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
    SSL_CTX *(*make)(const SSL_METHOD *);
    void (*set_callback)(SSL_CTX *, keylog_callback *);
    *(void **)&make = dlsym(RTLD_NEXT, "SSL_CTX_new");
    *(void **)&set_callback = dlsym(RTLD_NEXT, "SSL_CTX_set_keylog_callback");
    SSL_CTX *context = make != NULL ? make(method) : NULL;
    if (context != NULL && set_callback != NULL)
        set_callback(context, keep_line);
    return context;
}
