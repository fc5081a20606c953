// What `hangup doctor` looks at: what the virtual lab requires, the subjects, and the other labs.
#include "contract/template.h"
#include "host/doctor.h"

#include "host/doctor_probe.h"
#include "host/guest_filter.h"
#include "host/guest_landlock.h"
#include "host/guest_memory.h"
#include "host/guest_mode.h"
#include "host/image.h"
#include "host/template.h"
#include "subject/subject.h"

#include <glob.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

// Adds a finding that is all right; what is not is said by missing() or cannot().
static struct doctor_finding *found(
    struct doctor_findings *findings, bool required, const char *what, const char *detail)
{
    // No machine has so many subjects; if one has, the last finding gives way.
    const size_t most = sizeof findings->all / sizeof findings->all[0];
    struct doctor_finding *finding = &findings->all[findings->count < most ? findings->count++ : most - 1];
    *finding = (struct doctor_finding){.state = DOCTOR_OK, .required = required};
    snprintf(finding->what, sizeof finding->what, "%s", what);
    snprintf(finding->detail, sizeof finding->detail, "%s", detail);
    return finding;
}

// `fix` is a command, `hint` says in words what else there is to do. Either may be empty.
static void missing(struct doctor_finding *finding, const char *detail, const char *fix, const char *hint)
{
    finding->state = DOCTOR_MISSING;
    snprintf(finding->detail, sizeof finding->detail, "%s", detail);
    snprintf(finding->fix, sizeof finding->fix, "%s", fix);
    snprintf(finding->hint, sizeof finding->hint, "%s", hint);
}

// The same for a command that only root may give.
static void missing_for_root(
    struct doctor_finding *finding, const char *detail, const char *fix, const char *hint)
{
    char command[ADVICE_SIZE];
    snprintf(command, sizeof command, "%s%s", advice_sudo(), fix);
    missing(finding, detail, command, hint);
}

// What `make` has built, and has not: nothing but another `make install` brings it where there is no
// Makefile.
static void missing_build(struct doctor_finding *finding, const char *detail, const struct paths *paths)
{
    char command[ADVICE_SIZE];
    advice_make(paths, "", command);
    missing(finding, detail, command,
        command[0] != '\0' ? "" : "this installation is not whole: install it again");
}

static void examine_kernel(struct doctor_findings *findings, const struct paths *paths)
{
    char fix[ADVICE_SIZE];
    const char *cached = paths_kernel_in_cache(paths);
    struct doctor_finding *finding = found(
        findings, true, "guest kernel", cached != NULL ? cached : paths->kernel);
    if (paths->kernel[0] == '\0')
        missing(finding, "not built yet: some minutes, once", advice_kernel(paths, fix), "");
    else if (!probe_program(paths->kernel))
        missing(finding, "it does not start: damaged", advice_new_kernel(paths, fix),
            fix[0] != '\0' ? "" : "HANGUP_KERNEL names it");
}

// In which way this user makes an image, or what must be done first.
static const char *way_to_make_images(void)
{
    if (geteuid() == 0)
        return "as root, in some minutes";
    if (!probe_namespaces())
        return "this user may have no namespaces: make it as root";
    if (!probe_subordinate_numbers())
        return "this user has no numbers of others: make it as root, or (package uidmap) sudo usermod "
               "--add-subuids 100000-165535 --add-subgids 100000-165535 YOU";
    return "in a user namespace, in some minutes";
}

// `image` keeps its files for who looks at subjects.
static void examine_image(struct doctor_findings *findings, const struct paths *paths, struct image *image)
{
    struct error error = {0};
    const bool there = image_find(image, paths, NULL, &error);
    struct doctor_finding *finding = found(findings, true, "image", image->path);
    if (!there && image->path[0] == '\0') {
        char fix[ADVICE_SIZE];
        missing(finding, "not made yet", advice_image(paths, IMAGE_DEFAULT, fix), way_to_make_images());
    } else if (!there) {
        missing(finding, error.text, "", "remove this file, then make it again");
    }
    char names[256];
    if (image_names(paths, names, sizeof names) > 1)
        found(findings, false, "images (--image)", names);
}

static void examine_lab(struct doctor_findings *findings, const struct paths *paths)
{
    struct doctor_finding *finding = found(findings, true, "hangup-lab", paths->lab);
    if (access(paths->lab, X_OK) != 0 || access(paths->init, X_OK) != 0)
        missing_build(finding, "hangup-lab or hangup-init is not beside the program", paths);
}

// Not required: the first run makes it.
static void examine_template(struct doctor_findings *findings, const struct paths *paths)
{
    char pattern[PATH_MAX + 32];
    glob_t templates;
    snprintf(pattern, sizeof pattern, "%s/*/" TEMPLATE_MANIFEST, paths->database);
    bool there = glob(pattern, 0, NULL, &templates) == 0;
    struct doctor_finding *finding = found(findings, false, "template", paths->database);
    for (size_t i = 0; there && i < templates.gl_pathc; i++) {
        *strrchr(templates.gl_pathv[i], '/') = '\0';
        if (!database_template_is_whole(templates.gl_pathv[i]))
            missing(finding, "damaged", "", "the next run that needs it makes it anew");
    }
    if (!there)
        missing(finding, "not made yet", "", "the first run makes it, in some seconds");
    globfree(&templates);
}

static void examine_folder(
    struct doctor_findings *findings, bool required, const char *what, const char *path, const char *hint)
{
    struct doctor_finding *finding = found(findings, required, what, path);
    if (probe_writable(path))
        return;
    char detail[PATH_MAX + 32];
    snprintf(detail, sizeof detail, "%s cannot be written", path);
    missing(finding, detail, "", hint);
}

// A kernel that knows seccomp does without.
static void examine_ptrace(struct doctor_findings *findings, const struct paths *paths)
{
    if (guest_mode_is_seccomp(paths))
        return;
    struct doctor_finding *finding = found(findings, true, "ptrace", "a child can be traced");
    if (!probe_ptrace())
        missing_for_root(finding, "refused: the guest's processes cannot be traced",
            "sysctl -w kernel.yama.ptrace_scope=1",
            "a container must be started with: docker run --cap-add=SYS_PTRACE --security-opt seccomp=unconfined");
}

static void examine_memory(struct doctor_findings *findings)
{
    const char *folder = GUEST_MEMORY_FOLDER;
    uint64_t free_bytes = 0;
    char detail[128];
    bool executable = probe_executable_memory(folder, &free_bytes);
    uint64_t free_mb = free_bytes >> 20;
    snprintf(detail, sizeof detail,
        "%s has room for %" PRIu64 " guests at once (a cell that shares a trunk needs two)", folder,
        free_mb / GUEST_MEMORY_MB);
    struct doctor_finding *finding = found(findings, true, "guest memory", detail);
    if (!executable) {
        snprintf(detail, sizeof detail, "%s does not allow executable mappings", folder);
        missing_for_root(finding, detail, "mount -o remount,exec /dev/shm", "");
    } else if (free_mb < GUEST_MEMORY_MB) {
        snprintf(detail, sizeof detail, "%s: %" PRIu64 " MB free, a guest can fill %d", folder, free_mb,
            GUEST_MEMORY_MB);
        missing_for_root(finding, detail, "mount -o remount,size=2G /dev/shm",
            "a container must be started with: docker run --shm-size=2g");
    }
}

// Not required: without it, nothing but the guest keeps what runs in it from the host.
static void examine_wall(struct doctor_findings *findings)
{
    char detail[160];
    int abi = guest_landlock_abi();
    snprintf(detail, sizeof detail, "Landlock ABI %d%s, seccomp", abi,
        abi < 6 ? " (signals to your other processes are not kept in: Linux 6.12)" : "");
    struct doctor_finding *finding = found(findings, false, "guest wall", detail);
    if (abi == 0)
        missing(finding, "this machine's kernel has no Landlock: --sealed refuses to run", "",
            "it takes Linux 5.13 or newer, with landlock in lsm=");
    else if (!guest_filter_is_possible())
        missing(finding, "no seccomp filter is allowed: --sealed refuses to run", "", "");
}

static void examine_cores(struct doctor_findings *findings)
{
    char detail[64];
    snprintf(detail, sizeof detail, "%ld: that many cells side by side are worth while",
        sysconf(_SC_NPROCESSORS_ONLN));
    found(findings, false, "cores", detail);
}

// What is built belongs to the project's folder; what is installed has what was built by then.
static void missing_subject(struct doctor_finding *finding, const struct subject *subject, const char *absent,
    const struct paths *paths, const struct erofs *image)
{
    char fix[ADVICE_SIZE];
    advice_subject(paths, subject, image, fix);
    missing(finding, absent, fix, fix[0] != '\0' ? "" : ADVICE_OF_SUBJECT);
}

static void examine_subject(
    struct doctor_findings *findings, const char *path, const struct paths *paths, const struct erofs *image)
{
    struct error error = {0};
    char what[64], absent[512];
    struct subject *subject = subject_read(path, paths->root, &error);
    if (subject == NULL) {
        missing(found(findings, false, "subject", path), error.text, "", "correct this file");
        return;
    }
    snprintf(what, sizeof what, "subject %s", subject->name);
    struct doctor_finding *finding = found(findings, false, what, subject->summary);
    if (!subject_is_ready(subject, image, absent, sizeof absent))
        missing_subject(finding, subject, absent, paths, image);
    subject_free(subject);
}

static void examine_subjects(
    struct doctor_findings *findings, const struct paths *paths, const struct erofs *image)
{
    char pattern[PATH_MAX + 32];
    glob_t manifests;
    snprintf(pattern, sizeof pattern, "%s/pool/subjects/*.yaml", paths->root);
    if (glob(pattern, 0, NULL, &manifests) == 0) {
        for (size_t i = 0; i < manifests.gl_pathc; i++)
            examine_subject(findings, manifests.gl_pathv[i], paths, image);
    }
    globfree(&manifests);
}

static void examine_native_lab(struct doctor_findings *findings)
{
    struct doctor_finding *finding = found(
        findings, false, "native lab", "namespaces and sch_netem of this machine's kernel");
    if (!probe_namespaces())
        missing_for_root(finding, "this user may have no namespaces",
            "sysctl -w kernel.unprivileged_userns_clone=1", "root may have them");
    else if (!probe_netem()) {
        finding->state = DOCTOR_NO;
        snprintf(finding->detail, sizeof finding->detail,
            "this machine's kernel has no sch_netem; the realtime lab serves instead");
    }
}

void doctor_examine(struct doctor_findings *findings, const struct paths *paths)
{
    struct image image = IMAGE_NONE;
    examine_kernel(findings, paths);
    examine_image(findings, paths, &image);
    examine_lab(findings, paths);
    examine_template(findings, paths);
    examine_ptrace(findings, paths);
    examine_memory(findings);
    examine_wall(findings);
    examine_folder(findings, true, "cache", paths->cache, "set HANGUP_CACHE to a folder of yours");
    examine_folder(findings, false, "results", paths->results, "--out DIR names another folder");
    examine_cores(findings);
    examine_subjects(findings, paths, image.files);
    examine_native_lab(findings);
    image_close(&image);
}
