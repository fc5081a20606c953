// Mounts of the guest: PID 1's own world, and the pieces that others' are made of.
#ifndef HANGUP_LAB_MOUNT_H
#define HANGUP_LAB_MOUNT_H

#include "base/error.h"

#include <limits.h>
#include <sys/types.h>

// PID 1's world: the image, and what PID 1 keeps below /run. Nobody else sees it: what the server and the
// application see is lab/view.h's.
#define LAB_MOUNT_HOST      "/run/host" // this machine, read-only: as much of it as the guest's wall leaves
#define LAB_MOUNT_RESULTS   "/run/results"   // the folder that the guest was started in
#define LAB_MOUNT_INPUT     "/run/input"     // the same, read-only: for files that a program is handed
#define LAB_MOUNT_TEMPLATE  "/run/template"  // the database template
#define LAB_MOUNT_TERMINALS "/run/terminals" // a devpts of the lab's own

// The server has these two as well: its data directory, and its sockets.
#define LAB_MOUNT_DATABASE "/run/database"
#define LAB_MOUNT_SOCKETS  "/run/server"
#define LAB_MOUNT_KEYS     LAB_MOUNT_SOCKETS "/tls-keys.log"

// The application has this one as well, read-only: the certificate authority, the socket of `hangup fault`. A
// file system of its own: who may open files by their handles (CAP_DAC_READ_SEARCH) finds nothing else there.
#define LAB_MOUNT_SHARED  "/run/hangup"
#define LAB_MOUNT_HOSTS   LAB_MOUNT_SHARED "/hosts"       // the application's /etc/hosts
#define LAB_MOUNT_RESOLV  LAB_MOUNT_SHARED "/resolv.conf" // and its /etc/resolv.conf: empty, nobody to ask
#define LAB_MOUNT_CACERTS LAB_MOUNT_SHARED "/cacerts"     // whom its Java trusts

// For PID 1 of a guest. The folder that the guest was started in appears at LAB_MOUNT_RESULTS, the working
// directory from then on: the only place where what is written is kept. `folder` receives its path on the
// host.
bool lab_mount_all(char folder[static PATH_MAX], struct error *error) MUST_CHECK;

// Shows the template, a folder of the host, at LAB_MOUNT_TEMPLATE. Its path may hold any character.
bool lab_mount_template(const char *folder, struct error *error) MUST_CHECK;

bool lab_mount_folder(const char *path, mode_t mode, struct error *error) MUST_CHECK; // made if absent
// The folders above `path` that are not there yet, below `root`, which `path` begins with.
bool lab_mount_folders_above(const char *root, const char *path, struct error *error) MUST_CHECK;
bool lab_mount_at(const char *type, const char *target, unsigned long flags, const char *options,
    struct error *error) MUST_CHECK;
// `target` shows `source` as well; a mount below `source` stays out of it.
bool lab_mount_bind(const char *source, const char *target, bool read_only, struct error *error) MUST_CHECK;
// Shows `lower`, read-only, below a tmpfs, at `target`, which exists. `scratch` is an empty folder for what
// is written.
bool lab_mount_overlay(
    const char *lower, const char *scratch, const char *target, struct error *error) MUST_CHECK;

#endif
