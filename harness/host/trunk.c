// What is said over sockets to the kernels of trunks and branches: scripts/kernel/7/fork-guest.patch is the
// other end.
#include "host/trunk.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "base/path.h"
#include "contract/cell_files.h"
#include "contract/fork.h"
#include "host/guardian.h"
#include "host/guest_memory.h"
#include "host/guest_mode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BRANCH_LIMIT_US (60 * US_PER_S) // of wall time: a tenth of a second is usual

const char *trunk_why_none(const struct paths *paths, enum lab_kind lab, unsigned jobs)
{
    struct error none = {0};
    if (lab != LAB_VIRTUAL)
        return "only the virtual lab forks";
    if (!guest_mode_is_seccomp(paths))
        return "a guest under ptrace cannot fork";
    if (!guest_mode_can_fork(paths))
        return "this kernel cannot fork a guest";
    return guest_memory_fits(2 * jobs, NULL, &none) == 2 * jobs ? NULL
                                                                : GUEST_MEMORY_FOLDER
               " has no room for a trunk beside each guest";
}

static bool make_control(int ends[static 2], struct error *error)
{
    const int on = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set_errno(error, ERROR_LAB, "a trunk's control");
    if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0)
        return true;
    error_set_errno(error, ERROR_LAB, "a trunk's control");
    close(ends[0]);
    close(ends[1]);
    return false;
}

// What a kernel says, and which process says so. The text is empty when the other end is closed.
static bool receive(int fd, char text[static FORK_GUEST_TEXT], pid_t *from, struct error *error)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
    struct iovec room = {text, FORK_GUEST_TEXT - 1};
    struct msghdr message = {
        .msg_iov = &room, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    struct ucred sender = {0};
    ssize_t length;
    while ((length = recvmsg(fd, &message, MSG_DONTWAIT)) < 0 && errno == EINTR)
        continue;
    if (length < 0 && errno != ECONNRESET)
        return error_set_errno(error, ERROR_LAB, "a trunk's control");
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL; part = CMSG_NXTHDR(&message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_CREDENTIALS)
            memcpy(&sender, CMSG_DATA(part), sizeof(sender));
    text[length > 0 ? length : 0] = '\0';
    *from = sender.pid;
    return true;
}

bool trunk_start(struct trunk *trunk, struct guest_options *options, struct error *error)
{
    int ends[2];
    *trunk = (struct trunk){.guest = {.pid = -1, .pidfd = -1, .console_fd = -1}, .control_fd = -1};
    trunk->memory_fd = options->memory_fd = guest_memory_folder();
    if (trunk->memory_fd < 0)
        return error_set_errno(error, ERROR_LAB, GUEST_MEMORY_FOLDER);
    if (!make_control(ends, error)) {
        trunk_end(trunk);
        return false;
    }
    options->control_fd = ends[1];
    bool started = guest_start(&trunk->guest, options, error);
    close(ends[1]);
    trunk->control_fd = ends[0];
    if (!started)
        trunk_end(trunk);
    return started;
}

bool trunk_listen(struct trunk *trunk, struct error *error)
{
    char text[FORK_GUEST_TEXT];
    pid_t from = -1;
    if (!receive(trunk->control_fd, text, &from, error))
        return false;
    if (strcmp(text, FORK_SAYS_STOP) == 0) {
        trunk->stops++;
        return true;
    }
    return error_set(error, ERROR_LAB, "%s",
        text[0] != '\0'     ? text
        : trunk->stops == 0 ? "it did not come to the scenario's zero"
                            : "it did not come to its next stop");
}

bool trunk_is_gone(struct trunk *trunk, struct error *why)
{
    struct pollfd ended = {.fd = trunk->guest.pidfd, .events = POLLIN};
    struct error unknown = {0};
    if (!event_wait_ms(&ended, 1, 0, &unknown) || ended.revents == 0)
        return false;
    return !guest_ended_well(&trunk->guest, why) || !error_set(why, ERROR_LAB, "the trunk ended");
}

bool trunk_go_on(struct trunk *trunk, struct error *error)
{
    guest_go_on(&trunk->guest);
    return send(trunk->control_fd, FORK_GO_ON, strlen(FORK_GO_ON), MSG_NOSIGNAL) >= 0 ||
           error_set_errno(error, ERROR_LAB, "the trunk does not listen");
}

static bool copy_file(int from, int to)
{
    struct stat attributes;
    loff_t at = 0;
    if (fstat(from, &attributes) != 0)
        return false;
    while (at < attributes.st_size) {
        ssize_t copied = copy_file_range(from, &at, to, NULL, (size_t)(attributes.st_size - at), 0);
        if (copied <= 0)
            return false;
    }
    return true;
}

// One file of the trunk's folder, as it is now. What is no file is not for a branch.
static bool copy_of_trunk(
    const struct folder *from, const struct folder *to, const char *name, struct error *error)
{
    struct stat attributes;
    int input = openat(from->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (input < 0 || fstat(input, &attributes) != 0 || !S_ISREG(attributes.st_mode)) {
        if (input >= 0)
            close(input);
        return true;
    }
    int output = openat(to->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    bool copied = (output >= 0 && copy_file(input, output)) ||
                  error_set_errno(error, ERROR_LAB, "%s/%s", to->path, name);
    close(input);
    if (output >= 0)
        close(output);
    return copied;
}

static bool is_plan(const char *name)
{
    const char *const *plan = fork_plan_files;
    while (*plan != NULL && strcmp(*plan, name) != 0)
        plan++;
    return *plan != NULL || strcmp(name, CELL_PLAN_FILE) == 0;
}

static bool copy_files_of_trunk(const struct folder *from, const struct folder *to, struct error *error)
{
    char **names = folder_names(from, error);
    bool copied = names != NULL;
    for (char **name = names; copied && *name != NULL; name++)
        if (!is_plan(*name))
            copied = copy_of_trunk(from, to, *name, error);
    folder_names_free(names);
    return copied;
}

static bool furnish_branch(const struct trunk *trunk, const struct folder *to, struct error *error)
{
    struct folder from;
    if (!folder_open(&from, trunk->guest.folder, ERROR_LAB, error))
        return false;
    bool furnished = copy_files_of_trunk(&from, to, error);
    folder_close(&from);
    return furnished;
}

// The order in fork-guest.patch: folder, controller, and a Landlock ruleset where there is one.
static bool send_order(int control_fd, const char *plan, const int fds[static 3], struct error *error)
{
    const size_t size = (fds[2] < 0 ? 2 : 3) * sizeof(int);
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(3 * sizeof(int))] = {0};
    char text[FORK_GUEST_TEXT];
    struct iovec room = {text, (size_t)snprintf(text, sizeof(text), "%s", plan)};
    struct msghdr message = {
        .msg_iov = &room, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(size)};
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    *part = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(size)};
    memcpy(CMSG_DATA(part), fds, size);
    return sendmsg(control_fd, &message, MSG_NOSIGNAL) >= 0 ||
           error_set_errno(error, ERROR_LAB, "the trunk does not listen");
}

static bool order_branch(struct trunk *trunk, struct branch *branch, const char *plan,
    const struct folder *folder, const struct guest_options *options, struct error *error)
{
    int ends[2], ruleset;
    if (!guest_ruleset(options, &ruleset, error))
        return false;
    bool ordered = make_control(ends, error);
    if (ordered) {
        const int fds[] = {folder->fd, ends[1], ruleset};
        ordered = send_order(trunk->control_fd, plan, fds, error);
        close(ends[1]);
        branch->control_fd = ends[0];
    }
    if (ruleset >= 0)
        close(ruleset);
    return ordered;
}

bool trunk_branch(struct trunk *trunk, struct branch *branch, const char *plan,
    const struct guest_options *options, struct error *error)
{
    struct folder folder;
    guest_init(&branch->guest, options);
    branch->control_fd = -1;
    branch->is_trunk = options->memory_fd > 0;
    if (!folder_open(&folder, options->folder, ERROR_LAB, error))
        return false;
    bool ordered = furnish_branch(trunk, &folder, error) && guest_watch_console(&branch->guest, error) &&
                   order_branch(trunk, branch, plan, &folder, options, error);
    folder_close(&folder);
    return ordered;
}

// Its kernel may be in other hands: whoever it names must be a child of ours.
static bool find_process(struct guest *guest, pid_t pid, struct error *error)
{
    siginfo_t none;
    if (pid <= 0 || waitid(P_PID, (id_t)pid, &none, WEXITED | WNOHANG | WNOWAIT) != 0)
        return error_set(error, ERROR_LAB, "a branch that is not ours");
    guest->pid = pid;
    guest->pidfd = pidfd_open(pid, 0);
    if (guest->pidfd < 0)
        return error_set_errno(error, ERROR_LAB, "cannot watch the branch");
    guest->disk.memory_made = true;
    return guardian_watch(guest->folder, pid, error);
}

bool branch_listen(struct branch *branch, struct error *error)
{
    char text[FORK_GUEST_TEXT], words[GUEST_WORDS_SIZE];
    pid_t from = -1;
    if (!receive(branch->control_fd, text, &from, error))
        return false;
    const bool complete = strcmp(text, FORK_SAYS_BRANCH) == 0;
    if (!complete || !branch->is_trunk) {
        close(branch->control_fd);
        branch->control_fd = -1;
    }
    struct error stranger = {0};
    bool found = find_process(&branch->guest, from, &stranger);
    if (complete)
        return found || error_set(error, ERROR_LAB, "%s", stranger.text);
    return error_set(error, ERROR_LAB, "the branch failed: %s",
        text[0] != '\0' ? text : guest_last_words(branch->guest.folder, words));
}

bool branch_check(const struct branch *branch, struct error *error)
{
    return clock_now_us() - branch->guest.started_us < BRANCH_LIMIT_US ||
           error_set(error, ERROR_LAB, "the branch was not complete after %lld s",
               (long long)(BRANCH_LIMIT_US / US_PER_S));
}

void branch_end(struct branch *branch)
{
    // One that is not complete yet ends when nobody hears that it is.
    if (branch->control_fd >= 0)
        close(branch->control_fd);
    branch->control_fd = -1;
    guest_end(&branch->guest);
}

void trunk_take(struct trunk *trunk, struct branch *branch, const struct trunk *from)
{
    *trunk = (struct trunk){
        .guest = branch->guest, .control_fd = branch->control_fd, .memory_fd = -1, .stops = from->stops};
    *branch = (struct branch){.guest = {.pid = -1, .pidfd = -1, .console_fd = -1}, .control_fd = -1};
}

void trunk_end(struct trunk *trunk)
{
    if (trunk->control_fd >= 0)
        close(trunk->control_fd);
    if (trunk->memory_fd >= 0)
        close(trunk->memory_fd);
    guest_end(&trunk->guest);
    *trunk = (struct trunk){
        .guest = {.pid = -1, .pidfd = -1, .console_fd = -1}, .control_fd = -1, .memory_fd = -1};
}
