// Starting an adapter, telling it what to do, and noting what it says.
#include "session/subject.h"

#include "base/duration.h"
#include "contract/addresses.h"
#include "contract/cell_files.h"
#include "contract/database.h"
#include "contract/program.h"
#include "lab/process.h"
#include "lab/view.h"
#include "session/lines.h"
#include "session/retries.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPE_BYTES                                                                                           \
    (1 << 20) // holds a whole workload, so that a subject that hangs does not hold up the harness
#define STOP_TIMEOUT_US (30 * US_PER_S)
#define DYING_US        (100 * US_PER_MS) // who has closed its output may be about to end
#define NOBODY          65534

struct subject_process {
    struct lab_view view;
    struct lab_process process;
    int input_fd, output_fd; // its standard input and output; -1: ended
    struct subject_lines lines;
    json_t *speaks; // the words beyond the protocol's first ones that it knows; NULL: none
    struct subject_retries retries;
    bool ready, broken;
    int unanswered;
};

static int open_log(struct error *error)
{
    static const char path[] = CELL_SUBJECT_LOG_FILE; // in the cell's folder
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        error_set_errno(error, ERROR_LAB, "%s", path);
    return fd;
}

static bool open_view(struct lab *lab, struct subject_process *subject, struct error *error)
{
    const struct lab_app_view wanted = {.task = lab->task,
        .hidden = lab->folder,
        .command = lab->cell->command,
        .namespace_fd = lab->namespace_fd[HOST_APP]};
    return lab_view_open_app(&subject->view, &wanted, error);
}

static bool start_process(struct lab *lab, struct subject_process *subject, struct error *error)
{
    static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent",
        "LANG=C.UTF-8", "TZ=UTC", "PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0", NULL};
    int input[2] = {-1, -1}, output[2] = {-1, -1}, log = open_log(error);
    bool started = log >= 0;
    if (started && (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0))
        started = error_set_errno(error, ERROR_LAB, "cannot make pipes for the subject");
    if (started) {
        const struct lab_process_options options = {.argv = (const char *const *)lab->cell->command,
            .environment = environment,
            .namespace_fd = lab->namespace_fd[HOST_APP],
            .view = &subject->view,
            .user = NOBODY,
            .stdin_fd = input[0],
            .stdout_fd = output[1],
            .stderr_fd = log};
        started = lab_process_start(&subject->process, &options, error);
        lab->application = subject->process.pid; // it leads a session of its own
    }
    subject->input_fd = input[1];
    subject->output_fd = output[0];
    if (started) {
        fcntl(subject->input_fd, F_SETPIPE_SZ, PIPE_BYTES);
        fcntl(subject->input_fd, F_SETFL, O_NONBLOCK);
        fcntl(subject->output_fd, F_SETFL, O_NONBLOCK);
    }
    const int done[] = {input[0], output[1], log};
    for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++)
        if (done[i] >= 0)
            close(done[i]);
    return started;
}

static void say_to_subject(struct lab *lab, json_t *message)
{
    struct subject_process *subject = lab->subject;
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    size_t length = text == NULL ? 0 : strlen(text);
    char *line = realloc(text, length + 2);
    if (line == NULL) {
        free(text);
        subject_process_break(lab, "silent", "out of memory");
        return;
    }
    line[length] = '\n';
    // One write of a whole line: it goes through or it does not.
    if (subject->input_fd >= 0 && write(subject->input_fd, line, length + 1) != (ssize_t)length + 1)
        subject_process_break(lab, errno == EPIPE ? "exited" : "silent", "it does not read its input");
    free(line);
}

static void say_open(struct lab *lab)
{
    const struct scenario *scenario = lab->cell->scenario;
    char *conninfo;
    int length = asprintf(&conninfo,
        "host=" LAB_DB_NAME " port=%d dbname=" DATABASE_NAME " user=" DATABASE_USER
        " password=" DATABASE_PASSWORD " sslmode=%s sslrootcert='%s' %s",
        LAB_DB_PORT, sslmode_names[scenario->pool.sslmode], EXEC_AUTHORITY,
        scenario->pool.conninfo != NULL ? scenario->pool.conninfo : "");
    if (length < 0) {
        subject_process_break(lab, "silent", "out of memory");
        return;
    }
    say_to_subject(
        lab, json_pack("{s:{s:s, s:i, s:s, s:i}}", "open", "conninfo", conninfo, "size", scenario->pool.size,
                 "strategy", lab->cell->strategy, "workers", scenario->pool.workers));
    free(conninfo);
}

struct subject_process *subject_process_start(struct lab *lab, struct error *error)
{
    signal(SIGPIPE, SIG_IGN); // a subject that has ended shows as EPIPE
    struct subject_process *subject = calloc(1, sizeof(*subject));
    if (subject == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    subject->view = (struct lab_view)LAB_VIEW_NONE;
    subject->process = (struct lab_process){.pid = -1, .pidfd = -1};
    subject->input_fd = subject->output_fd = -1;
    lab->subject = subject;
    if (open_view(lab, subject, error) && start_process(lab, subject, error)) {
        say_open(lab);
        return subject;
    }
    lab->subject = NULL;
    subject_process_free(subject);
    return NULL;
}

void subject_process_free(struct subject_process *subject)
{
    if (subject == NULL)
        return;
    lab_process_kill(&subject->process);
    lab_view_close(&subject->view);
    if (subject->input_fd >= 0)
        close(subject->input_fd);
    if (subject->output_fd >= 0)
        close(subject->output_fd);
    json_decref(subject->speaks);
    subject_retries_free(&subject->retries);
    free(subject);
}

int subject_process_fd(const struct subject_process *subject)
{
    return subject->output_fd;
}

bool subject_process_ready(const struct subject_process *subject)
{
    return subject->ready;
}

bool subject_process_broken(const struct subject_process *subject)
{
    return subject->broken;
}

int subject_process_unanswered(const struct subject_process *subject)
{
    return subject->unanswered;
}

void subject_process_break(struct lab *lab, const char *reason, const char *detail)
{
    if (lab->subject->broken)
        return; // the first reason is the cause
    lab->subject->broken = true;
    // What it said may be no text at all; %.*s keeps the event short, and jansson refuses what is not UTF-8.
    json_t *text = json_stringn(detail, strnlen(detail, 200));
    lab_event(lab, "subject-broken",
        json_pack(
            "{s:s, s:o}", "reason", reason, "detail", text != NULL ? text : json_string("(not UTF-8)")));
}

// The keys of the inserts after the pause: the ledger knows each.
static json_t *describe_then(const struct workload_item *item, int id)
{
    json_t *keys = json_array();
    for (int i = 0; i < item->then; i++)
        json_array_append_new(keys, json_sprintf("op-%04d.%d", id, i + 2));
    return keys;
}

static json_t *describe_operation(const struct workload_item *item, int id)
{
    char key[32];
    snprintf(key, sizeof(key), "op-%04d", id);
    json_t *message = json_pack("{s:i, s:s, s:s*}", "id", id, "do", operation_name(item->operation), "key",
        operation_writes(item->operation) ? key : NULL);
    if (item->takes_us > 0)
        json_object_set_new(message, "seconds", json_real((double)item->takes_us / US_PER_S));
    if (item->pause_us > 0)
        json_object_set_new(message, "pause_ms", json_integer(item->pause_us / US_PER_MS));
    if (item->size_bytes > 0)
        json_object_set_new(message, "bytes", json_integer(item->size_bytes));
    if (item->within_us > 0)
        json_object_set_new(message, "within_ms", json_integer(item->within_us / US_PER_MS));
    if (item->then > 0)
        json_object_set_new(message, "then", describe_then(item, id));
    if (item->once)
        json_object_set_new(message, "once", json_true());
    return message;
}

static bool subject_speaks(const struct subject_process *subject, const char *word)
{
    for (size_t i = 0; i < json_array_size(subject->speaks); i++) {
        const char *spoken = json_string_value(json_array_get(subject->speaks, i));
        if (spoken != NULL && strcmp(spoken, word) == 0)
            return true;
    }
    return false;
}

// The word that it would have to know for this. NULL: it knows all of them.
static const char *missing_word(const struct lab *lab, const struct workload_item *item)
{
    const char *words[WORKLOAD_WORDS];
    size_t count = workload_item_words(item, words);
    if (lab->cell->scenario->pool.sslmode != SSLMODE_VERIFY_FULL && !subject_speaks(lab->subject, "sslmode"))
        return "sslmode";
    for (size_t i = 0; i < count; i++)
        if (!subject_speaks(lab->subject, words[i]))
            return words[i];
    return NULL;
}

void subject_process_send(struct lab *lab, const struct workload_item *item, int id)
{
    lab_event(lab, "op-sent", describe_operation(item, id));
    const char *missing = missing_word(lab, item);
    if (missing != NULL) { // an adapter that does not know a word would do something else and call it good
        lab_event(lab, "op-unsupported", json_pack("{s:i, s:s}", "id", id, "word", missing));
        return;
    }
    if (!subject_retries_add(&lab->subject->retries, item, id))
        subject_process_break(lab, "silent", "out of memory");
    lab->subject->unanswered++;
    say_to_subject(lab, describe_operation(item, id));
}

static bool take_ready(struct lab *lab, const json_t *message)
{
    const char *name, *version, *driver;
    if (json_unpack(
            (json_t *)message, "{s:s, s:s, s:s}", "name", &name, "version", &version, "driver", &driver) != 0)
        return false;
    lab->subject->ready = true;
    lab->subject->speaks = json_incref(json_object_get(message, "speaks"));
    lab_event(lab, "subject-ready",
        json_pack("{s:s, s:s, s:s}", "name", name, "version", version, "driver", driver));
    return true;
}

// Ids and process ids are small: another number would make the cell's events unreadable.
static bool is_plausible(const json_t *value)
{
    json_int_t number = json_integer_value(value);
    return !json_is_integer(value) || (number >= 0 && number <= INT_MAX);
}

static bool take_answer(struct lab *lab, const json_t *message)
{
    const json_t *id = json_object_get(message, "id"), *error = json_object_get(message, "error");
    bool ok = json_is_true(json_object_get(message, "ok"));
    if (!json_is_integer(id) || ok == json_is_string(error) || !is_plausible(id) ||
        !is_plausible(json_object_get(message, "backend")) || lab->subject->unanswered == 0)
        return false;
    json_t *event = json_pack("{s:O, s:b}", "id", id, "ok", ok);
    static const char *const passed_on[] = {"backend", "error", "kind", "sqlstate", "state", "heard"};
    for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
        if (json_object_get(message, passed_on[i]) != NULL)
            json_object_set(event, passed_on[i], json_object_get(message, passed_on[i]));
    const struct workload_item *again = ok ? NULL
                                           : subject_retries_take(
                                                 &lab->subject->retries, json_integer_value(id));
    lab_event(lab, again != NULL ? "op-failed" : "op-answered", event);
    if (again != NULL)
        say_to_subject(lab, describe_operation(again, (int)json_integer_value(id)));
    else
        lab->subject->unanswered--;
    return true;
}

static void take_subject_line(struct lab *lab, const char *line)
{
    json_error_t why;
    json_t *message = json_loads(line, 0, &why);
    const json_t *failure = json_object_get(message, "error"),
                 *refusal = json_object_get(message, "unsupported");
    bool taken = false;
    if (lab->subject->ready)
        taken = take_answer(lab, message);
    else if (json_is_true(json_object_get(message, "ready")))
        taken = take_ready(lab, message);
    if (!taken && !lab->subject->ready && json_is_string(refusal))
        subject_process_break(lab, "unsupported", json_string_value(refusal));
    else if (!taken && !lab->subject->ready && json_is_string(failure))
        subject_process_break(lab, "exited", json_string_value(failure));
    else if (!taken)
        subject_process_break(lab, "garbage", line[0] != '\0' ? line : "an empty line");
    json_decref(message);
}

void subject_process_listen(struct lab *lab)
{
    struct subject_process *subject = lab->subject;
    for (;;) {
        char *room;
        size_t size = subject_lines_room(&subject->lines, &room);
        if (size == 0) {
            subject_process_break(lab, "garbage", "a line longer than 64 KiB");
            return;
        }
        ssize_t length = read(subject->output_fd, room, size);
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (length <= 0)
            break;
        subject_lines_fill(&subject->lines, (size_t)length);
        for (char *line; (line = subject_lines_next(&subject->lines)) != NULL;)
            take_subject_line(lab, line);
    }
    close(subject->output_fd);
    subject->output_fd = -1;
    if (subject->input_fd >= 0)
        subject_process_break(lab, "exited", "its output ended before its input did");
}

static json_t *describe_subject_status(int status)
{
    if (WIFSIGNALED(status))
        return json_pack("{s:i}", "signal", WTERMSIG(status));
    return json_pack("{s:i}", "status", WEXITSTATUS(status));
}

void subject_process_stop(struct lab *lab)
{
    struct subject_process *subject = lab->subject;
    int status = 0;
    close(subject->input_fd);
    subject->input_fd = -1;
    if (lab_process_wait(&subject->process, subject->broken ? DYING_US : STOP_TIMEOUT_US, &status)) {
        lab_event(lab, "subject-exited", describe_subject_status(status));
    } else {
        lab_process_kill(&subject->process);
        lab_event(lab, "subject-exited", json_pack("{s:i, s:b}", "signal", SIGKILL, "killed", true));
    }
    lab_view_close(&subject->view); // and what it left behind: nobody else lives when the ledger is read
}
