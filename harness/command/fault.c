// hangup fault: inside the lab, asks its PID 1 for a fault at once.
#include "base/help.h"
#include "base/invocation.h"
#include "base/parse_uint.h"
#include "command/command.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char command_fault_help[] =
    "usage: hangup fault KIND [ARGUMENT] [--for DURATION] [--OPTION VALUE]... [--wait]\n"
    "       hangup fault clear [NUMBER]\n"
    "\n"
    "Inside `hangup exec` or `hangup shell`: makes a fault happen now, and returns when it is in place. Kinds, "
    "arguments and options are those of scenarios (`hangup list faults`). Without an ARGUMENT it is `both`, or the only one there is. Without --for the fault lasts until it is cleared, or until the program ends.\n"
    "\n"
    "  --for DURATION   how long it lasts: 30s, 500ms, 2min\n"
    "  --wait           return when it is over and say what it hit; exit status 1 when that was nothing\n"
    "  clear            end the fault of that number, or all of them\n"
    "  --help           this text\n"
    "\n"
    "For example:\n"
    "  hangup fault silence --for 30s\n"
    "  hangup fault rst to-app --connections newest\n"
    "  hangup fault server kill-backend\n"
    "\n"
    "Exit status: 0 done, 1 it hit nothing (--wait), 2 there is no such fault, 3 it could not be done.\n";

static int connect_to_lab(struct error *error)
{
    const char *path = getenv("HANGUP_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL) {
        error_set(error, ERROR_INPUT, "fault: not inside the lab; this opens a shell there: %s shell",
            invocation_name());
        return -1;
    }
    if (strlen(path) >= sizeof(address.sun_path)) {
        error_set(error, ERROR_INPUT, "fault: HANGUP_SOCKET is longer than the path of a socket can be");
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    error_set_errno(error, ERROR_LAB, "fault: %s", path);
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool take_option(
    json_t *request, json_t *options, char **words, int count, int *at, struct error *error)
{
    char *name = words[*at] + 2, *value = strchr(name, '=');
    if (strcmp(name, "wait") == 0) {
        json_object_set_new(request, "wait", json_true());
        return true;
    }
    if (value != NULL)
        *value++ = '\0';
    else if (*at + 1 < count)
        value = words[++*at];
    if (value == NULL)
        return error_set(error, ERROR_INPUT, "fault: --%s: a value is missing", name);
    for (char *dash = name; (dash = strchr(dash, '-')) != NULL;)
        *dash = '_'; // --burst-start, as options are written on command lines
    if (json_object_set_new(options, name, json_string(value)) != 0)
        return error_set(error, ERROR_INPUT, "fault: --%s: not UTF-8", name);
    return true;
}

// The words of `clear`, as the lab reads them. NULL: ERROR_INPUT.
static json_t *read_clear(const json_t *request, struct error *error)
{
    const char *text = json_string_value(json_object_get(request, "argument"));
    uint64_t number;
    if (json_object_size(json_object_get(request, "options")) > 0 ||
        json_object_get(request, "wait") != NULL) {
        error_set(error, ERROR_INPUT, "fault: clear takes a number and no options");
        return NULL;
    }
    if (text == NULL)
        return json_pack("{s:n}", "clear");
    if (whole_number_parse(text, 0, INT32_MAX, &number))
        return json_pack("{s:I}", "clear", (json_int_t)number);
    error_set(error, ERROR_INPUT,
        "fault: clear '%s': expected the number that `hangup fault` printed, or nothing for all faults",
        text);
    return NULL;
}

// NULL: ERROR_INPUT.
static json_t *read_fault_words(char **words, int count, struct error *error)
{
    static const char *const places[] = {"kind", "argument"};
    json_t *options = json_object(), *request = json_pack("{s:o}", "options", options);
    int place = 0;
    bool good = true;
    for (int i = 0; good && i < count; i++) {
        if (strncmp(words[i], "--", 2) == 0)
            good = take_option(request, options, words, count, &i, error);
        else if (place < 2)
            good = json_object_set_new(request, places[place++], json_string(words[i])) == 0 ||
                   error_set(error, ERROR_INPUT, "fault: not UTF-8");
        else
            good = error_set(error, ERROR_INPUT, "fault: too many words: '%s'", words[i]);
    }
    if (good && place == 0)
        good = error_set(error, ERROR_INPUT, "fault: which? `%s list faults` lists them", invocation_name());
    const char *kind = json_string_value(json_object_get(request, "kind"));
    if (good && strcmp(kind, "clear") == 0) {
        json_t *clear = read_clear(request, error);
        json_decref(request);
        return clear;
    }
    if (good)
        return request;
    json_decref(request);
    return NULL;
}

static json_t *read_answer(FILE *lab, struct error *error)
{
    char line[65536];
    json_error_t why;
    json_t *answer = fgets(line, sizeof(line), lab) == NULL ? NULL : json_loads(line, 0, &why);
    if (answer == NULL)
        error_set(error, ERROR_LAB, "fault: the lab does not answer");
    return answer;
}

static void print_hits(const json_t *fault)
{
    long long hits = json_integer_value(json_object_get(fault, "hits"));
    printf("fault %lld: over, %lld hit%s\n", (long long)json_integer_value(json_object_get(fault, "fault")),
        hits > 0 ? hits : 0, hits == 1 ? "" : "s");
}

static void print_answer(const json_t *answer)
{
    const json_t *cleared = json_object_get(answer, "cleared"), *fault;
    size_t i;
    if (cleared == NULL)
        printf("fault %lld: %s\n", (long long)json_integer_value(json_object_get(answer, "fault")),
            json_string_value(json_object_get(answer, "text")));
    json_array_foreach(cleared, i, fault)
    {
        print_hits(fault);
    }
    fflush(stdout);
}

static int ask_lab(FILE *lab, const json_t *request, struct error *error)
{
    if (json_dumpf(request, lab, JSON_COMPACT) != 0 || fputc('\n', lab) == EOF || fflush(lab) != 0)
        return command_fail((error_set_errno(error, ERROR_LAB, "fault"), error));
    json_t *answer = read_answer(lab, error);
    if (answer == NULL)
        return command_fail(error);
    bool good = json_is_true(json_object_get(answer, "ok"));
    int status = EXIT_AS_EXPECTED;
    if (good) {
        print_answer(answer);
    } else {
        fprintf(stderr, "hangup: fault: %s\n", json_string_value(json_object_get(answer, "error")));
        status = json_is_true(json_object_get(answer, "lab")) ? EXIT_CELL_ERROR : EXIT_USAGE;
    }
    json_decref(answer);
    if (!good || !json_is_true(json_object_get(request, "wait")))
        return status;
    answer = read_answer(lab, error);
    if (answer == NULL)
        return command_fail(error);
    print_hits(answer);
    status = json_integer_value(json_object_get(answer, "hits")) > 0 ? EXIT_AS_EXPECTED : EXIT_FAILED;
    json_decref(answer);
    return status;
}

int command_fault(int argc, char **argv)
{
    struct error error = {0};
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        help_print(stdout, command_fault_help);
        return EXIT_AS_EXPECTED;
    }
    json_t *request = read_fault_words(argv + 1, argc - 1, &error);
    int fd = request == NULL ? -1 : connect_to_lab(&error);
    FILE *lab = fd < 0 ? NULL : fdopen(fd, "r+");
    int status = lab == NULL ? command_fail(&error) : ask_lab(lab, request, &error);
    if (lab != NULL)
        fclose(lab);
    json_decref(request);
    return status;
}
