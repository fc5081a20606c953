// certificate: the server shows new connections another certificate, of the same authority and key: one that
// has run out, or one that is made out to another host. Sessions that are open stay as they are.
#include "contract/database.h"
#include "fault/kinds.h"
#include "lab/flow.h"
#include "lab/lab.h"
#include "lab/mount.h"
#include "lab/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IN_USE LAB_MOUNT_DATABASE "/" DATABASE_CERTIFICATE

struct certificate {
    char proper[64];  // where the one in use is kept meanwhile; "": it is in its place
    size_t new_flows; // from this index on, and not yet hit
    int64_t hits;     // connections to which the server's part of the TLS handshake left
    struct lab_watcher watcher;
};

// The server's first byte says yes to TLS; what follows holds the certificate.
static void certificate_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    struct certificate *certificate = context;
    size_t index = trace_flows_index(lab->flows, flow);
    if (!packet->leaving || packet->source_port != flow->server_port || packet->payload_length <= 1 ||
        index < certificate->new_flows)
        return;
    certificate->new_flows = index + 1;
    certificate->hits++;
}

static bool reload(const struct lab *lab, struct error *error)
{
    return kill(lab_server_postmaster(lab->server), SIGHUP) == 0 ||
           error_set_errno(error, ERROR_LAB, "cannot have the server read its certificate");
}

static bool certificate_apply(
    struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct certificate *certificate = calloc(1, sizeof(*certificate));
    if (certificate == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = certificate;
    certificate->new_flows = trace_flows_count(lab->flows);
    certificate->watcher = (struct lab_watcher){.on_packet = certificate_on_packet, .context = certificate};
    lab_watch(lab, &certificate->watcher);
    char proper[sizeof(certificate->proper)];
    snprintf(proper, sizeof(proper), IN_USE ".%d", (int)spec->index);
    if (rename(IN_USE, proper) != 0)
        return error_set_errno(error, ERROR_LAB, IN_USE);
    memcpy(certificate->proper, proper, sizeof(proper));
    bool expired = strcmp(spec->argument, "expired") == 0;
    if (symlink(expired ? DATABASE_CERTIFICATE_EXPIRED : DATABASE_CERTIFICATE_WRONG_NAME, IN_USE) != 0)
        return error_set_errno(error, ERROR_LAB, IN_USE);
    return reload(lab, error);
}

static bool certificate_revert(struct lab *lab, void *state, struct error *error)
{
    struct certificate *certificate = state;
    bool restored = true;
    lab_unwatch(lab, &certificate->watcher);
    if (certificate->proper[0] != '\0' && rename(certificate->proper, IN_USE) != 0)
        restored = error_set_errno(error, ERROR_LAB, IN_USE);
    free(certificate);
    return restored && reload(lab, error);
}

static bool certificate_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct certificate *)state)->hits;
    return true;
}

const struct fault_behaviour fault_certificate = {
    .kind = "certificate",
    .apply = certificate_apply,
    .revert = certificate_revert,
    .count_hits = certificate_count_hits,
};
