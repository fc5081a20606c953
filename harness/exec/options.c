// getopt_long on what stands before `--`.
#include "exec/options.h"

#include "base/duration.h"
#include "base/invocation.h"
#include "base/option_error.h"
#include "base/parse_uint.h"
#include "base/size.h"
#include "host/guest_disk.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SEED 7

#define COMMON_HELP                                                                                                     \
    "  --fault TEXT     one more fault, as in '60s silence both for 30s' or '90s server kill-backend'; may be given "   \
    "again (`hangup list faults` has the words)\n"                                                                      \
    "  --writable DIR   a folder whose changes are kept on the host; may be given again. All else that the "            \
    "program writes is gone with the lab; it sees the host's files as they are\n"                                       \
    "  --image IMAGE    where PostgreSQL and the lab come from: a name, or a file (default: as with run)\n"             \
    "  --inside         the program comes from the image, too: of the host it sees the working folder only\n"           \
    "  --seed N         the seed of all chance in the lab (default 7)\n"                                                \
    "  --out DIR        where the trace and the report go (default: a new folder below results/)\n"                     \
    "  --disk-limit S   what goes to the results folder at most: output, trace, logs (default 64mb)\n"                  \
    "  --sealed         refuse to run where the host's kernel cannot hold a guest (`hangup doctor` says what it has)\n" \
    "  --quiet          no report on standard error\n"                                                                  \
    "  --help           this text\n"

const char exec_options_help[] =
    "usage: hangup exec [SCENARIO] [OPTIONS] -- COMMAND...\n"
    "\n"
    "Runs any program, unchanged, in host app of the lab, while faults happen: those of the scenario, and those of --fault. Time starts with the program. Without a SCENARIO the path is calm, with 10 ms from app to db and back. Of a scenario only network and faults count, because the program is the workload: a file (NAME.yaml) needs no more than these two.\n"
    "\n"
    "PGHOST, PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT, DATABASE_URL and their like lead the program to the database. Inside, `hangup fault silence --for 30s` makes a fault at once (`hangup fault --help`).\n"
    "\n"
    "  --lab virtual|realtime  in the virtual lab waiting costs nothing; realtime is for programs that people type to (default: virtual)\n"
    "  --timeout D      a limit on the lab's time: SIGTERM, then SIGKILL, and exit status 124 (default 6h)\n"
    "  --watchdog D     a limit on wall time: the lab is stopped, with exit status 125 (default 10min; realtime: none)\n"
    "  --strict         exit status 3 when the program exits with 0 but a fault has hit nothing\n"
    "  --no-replay      keep nothing of the program's input and environment; `hangup replay` cannot run it again then\n" COMMON_HELP
    "\n"
    "Exit status: the program's own, or 128 and the number of the signal that ended it. 124: timeout; 125: "
    "hangup itself failed; 126: the command cannot be executed; 127: it is not found.\n"
    "\n"
    "The program runs as you (without root's powers, when you are root), in your folder and with your environment, with three exceptions: what names a database is replaced; what leads out of the lab (proxies, agents, displays), what is loaded into programs (LD_PRELOAD) and what differs from session to session is left out; and PGHOSTADDR is not set, because with it a program would not see the server's name move to another address.\n"
    "\n"
    "`hangup replay FOLDER` runs the program again from the results folder: given.json there has its command, the variables of its environment that are known to hold no secret, the names of the others, and the digests of the files that were opened; given.stdin has its input.\n"
    "\n"
    "Input that is not a terminal is read to its end before the program starts, so that it arrives at the same moment each time; use </dev/null where none is to come. On a terminal in the virtual lab, hours pass in the lab while you think: use --lab realtime, or `hangup shell`.\n";

const char exec_options_shell_help[] =
    "usage: hangup shell [SCENARIO] [OPTIONS]\n"
    "\n"
    "Opens a shell ($SHELL) in host app of the lab, as `hangup exec` does with any program. Without a scenario nothing happens by itself, on a path of 10 ms: `hangup fault` makes it happen.\n"
    "\n"
    "  --lab realtime|virtual  virtual time runs on, by minutes each second, while you type (default: realtime)\n"
    "  --timeout D      a limit on the lab's time (default: none in real time)\n"
    "  --watchdog D     a limit on wall time (default: none in real time)\n"
    "  --strict         as with exec\n"
    "  --no-replay      as with exec\n" COMMON_HELP;

static bool parse_duration(const char *name, const char *text, int64_t *duration_us, struct error *error)
{
    const char *why = "expected a duration above 0";
    if (duration_parse(text, duration_us, &why) && *duration_us > 0)
        return true;
    return error_set(error, ERROR_INPUT, "--%s %s: %s", name, text, why);
}

static bool parse_size(const char *text, int64_t *bytes, struct error *error)
{
    const char *why;
    return size_parse(text, bytes, &why) || error_set(error, ERROR_INPUT, "--disk-limit %s: %s", text, why);
}

static bool parse_exec_lab(const char *text, enum lab_kind *lab, struct error *error)
{
    if (lab_kind_by_name(text, lab) && *lab != LAB_NATIVE)
        return true;
    return error_set(error, ERROR_INPUT, "--lab %s: expected virtual or realtime", text);
}

static bool parse_exec_option(
    int option, const char *value, struct exec_options *options, struct error *error)
{
    switch (option) {
    case 'h': options->help = true; return true;
    case 'q': options->quiet = true; return true;
    case 'd': return parse_size(value, &options->disk_limit, error);
    case 's': options->sealed = true; return true;
    case 'S': options->strict = true; return true;
    case 'R': options->no_replay = true; return true;
    case 'i': options->image = value; return true;
    case 'I': options->inside = true; return true;
    case 'o': options->folder = value; return true;
    case 'f': options->faults[options->faults_count++] = value; return true;
    case 'w': options->writable[options->writable_count++] = value; return true;
    case 'l': return parse_exec_lab(value, &options->lab, error);
    case 't': return parse_duration("timeout", value, &options->timeout_us, error);
    case 'W': return parse_duration("watchdog", value, &options->watchdog_us, error);
    default: break;
    }
    if (whole_number_parse(value, 0, UINT64_MAX, &options->seed))
        return true;
    return error_set(error, ERROR_INPUT, "--seed %s: expected a whole number from 0 to 2^64 - 1", value);
}

static bool parse_options(int argc, char **argv, struct exec_options *options, struct error *error)
{
    static const struct option known[] = {{"lab", required_argument, NULL, 'l'},
        {"seed", required_argument, NULL, 'n'}, {"out", required_argument, NULL, 'o'},
        {"fault", required_argument, NULL, 'f'}, {"image", required_argument, NULL, 'i'},
        {"inside", no_argument, NULL, 'I'}, {"writable", required_argument, NULL, 'w'},
        {"timeout", required_argument, NULL, 't'}, {"watchdog", required_argument, NULL, 'W'},
        {"strict", no_argument, NULL, 'S'}, {"no-replay", no_argument, NULL, 'R'},
        {"sealed", no_argument, NULL, 's'}, {"disk-limit", required_argument, NULL, 'd'},
        {"quiet", no_argument, NULL, 'q'}, {"help", no_argument, NULL, 'h'}, {0}};
    optind = 0; // glibc: start afresh
    opterr = 0; // one message, and it is ours
    for (int option; (option = getopt_long(argc, argv, ":h", known, NULL)) != -1;) {
        if (option == '?' || option == ':')
            return option_error(option, argv[optind - 1], known, argv[0], error);
        if (!parse_exec_option(option, optarg, options, error))
            return false;
    }
    options->scenario = optind < argc ? argv[optind] : NULL;
    if (argc - optind <= 1)
        return true;
    return error_set(error, ERROR_INPUT, "one scenario, not '%s' and '%s'", argv[optind], argv[optind + 1]);
}

static void fill_defaults(bool shell, struct exec_options *options)
{
    bool realtime = options->lab == LAB_REALTIME;
    if (options->timeout_us == 0)
        options->timeout_us = shell && realtime ? DURATION_MAX_US : EXEC_TIMEOUT_US;
    if (options->watchdog_us == 0)
        options->watchdog_us = realtime ? INT64_MAX : EXEC_WATCHDOG_US;
}

static bool check_exec_options(bool shell, const struct exec_options *options, struct error *error)
{
    if (options->help)
        return true;
    if (shell && options->command != NULL)
        return error_set(error, ERROR_INPUT, "a shell takes no command: `%s exec` does", invocation_name());
    if (!shell && (options->command == NULL || options->command[0] == NULL))
        return error_set(error, ERROR_INPUT, "a command is missing: %s exec %s%s-- COMMAND...",
            invocation_name(), options->scenario == NULL ? "" : options->scenario,
            options->scenario == NULL ? "" : " ");
    return true;
}

// `exec psql -c ...`: options of the command are no unknown options of ours, and its name is no scenario.
static bool check_place_of_command(int argc, char **argv, bool has_place, struct error *error)
{
    has_place = has_place || (argc > 1 && argv[1][0] == '-'); // ours: it is read first, and known or not
    for (int i = 1; i < argc && !has_place; i++)
        has_place = strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
    return has_place ||
           error_set(error, ERROR_INPUT,
               "a command is missing: it stands behind `--`, as in `%s exec SCENARIO -- psql` or `%s exec -- psql`",
               invocation_name(), invocation_name());
}

bool exec_options_parse(int argc, char **argv, bool shell, struct exec_options *options, struct error *error)
{
    int before = 1;
    while (before < argc && strcmp(argv[before], "--") != 0)
        before++;
    *options = (struct exec_options){
        .lab = shell ? LAB_REALTIME : LAB_VIRTUAL, .seed = DEFAULT_SEED, .disk_limit = GUEST_DISK_LIMIT};
    options->command = before < argc ? argv + before + 1 : NULL;
    options->writable = calloc((size_t)argc + 1, sizeof(*options->writable));
    options->faults = calloc((size_t)argc + 1, sizeof(*options->faults));
    if (options->writable == NULL || options->faults == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = check_place_of_command(before, argv, shell || options->command != NULL, error) &&
                parse_options(before, argv, options, error);
    fill_defaults(shell, options);
    good = good && check_exec_options(shell, options, error);
    return good ? true : error_context(error, "%s", shell ? "shell" : "exec");
}

void exec_options_free(struct exec_options *options)
{
    free(options->writable);
    free(options->faults);
    options->writable = options->faults = NULL;
}
