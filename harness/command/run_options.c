// getopt_long.
#include "command/run_options.h"

#include "base/duration.h"
#include "base/option_error.h"
#include "base/parse_uint.h"
#include "base/size.h"
#include "host/guest_disk.h"
#include "sweep/steps.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_SEED  7
#define DEFAULT_SEEDS 1000
#define SEED_MAX      INT64_MAX // as JSON keeps it
#define JOBS_MAX      256

const char run_options_help[] =
    "usage: hangup run [SCENARIO...] [OPTIONS]\n"
    "\n"
    "Runs each scenario against each subject, and judges what the application saw.\n"
    "\n"
    "SCENARIO is a name (idle/hung-up), a folder of them (idle), a pattern ('*/silence') or a file (./mine.yaml). Without any, all are run except scenarios/selftest. `hangup list scenarios` and `hangup list subjects` say what there is.\n"
    "\n"
    "  --subject SUBJECT  pqpool:pre-ping, or pqpool for all its strategies, or a pattern ('*:pre-ping'), or a manifest (mypool.yaml); may be given again (default: all subjects)\n"
    "  --image IMAGE    the world of the lab: a name (debian-12), or a file; `make image` makes one (default: HANGUP_IMAGE, else debian-13-peers where it was made, else debian-13)\n"
    "  --conninfo TEXT  settings of libpq's for this run: 'tcp_user_timeout=5000'; a subject whose client cannot take one is refused\n"
    "  --lab virtual|realtime  realtime is the same guest without time travel (default: virtual)\n"
    "  --seed N         the seed of all chance in the lab (default 7)\n"
    "  --jobs N         guests at once (default: one for each core)\n"
    "  --shard I/N      only the I-th of N parts of the plan, which take as long as each other by what was recorded\n"
    "  --out DIR        the run's own folder; a run that is there already is replaced (default: results/<UTC time>-<seed>)\n"
    "  --resume         resume the run in DIR: run what is not done, and judge what is done by what the scenarios expect today\n"
    "  --disk-limit S   what one cell may write to this machine's disk; more is an error (default 64mb)\n"
    "  --fail-on WHAT   fail by your own bar, whatever is expected of the pool's class: such as errors,hung,delay>5s; any metric (lost, duplicated, torn, in_doubt and so on), with or without a comparison, and never, stuck, skip; worse: than the best that any pool can do\n"
    "  --against FILE   hold the run against what was recorded: each cell is the same, changed or new; a change is exit status 1\n"
    "  --accept         record what this run did, in FILE of --against or in results/baseline/IMAGE.json, and say what changed\n"
    "  --cold           boot a guest for each cell; else cells that begin alike share one until the scenario begins, and go on as copies of it: the same bytes, sooner\n"
    "  --report         say at the end where report.html is: the page to look at, which is written in any case (hangup report RUN --open opens it)\n"
    "  --verbose        say why cells were booted for themselves\n"
    "  --sealed         refuse to run where the host's kernel cannot hold a guest (`hangup doctor` says what it has)\n"
    "  --quiet          not a line of each cell as it ends, which standard output has where it is no terminal\n"
    "  --dry-run        print the plan, a cell a line, with the seconds that were recorded, and run nothing\n"
    "  --format table|json|ctrf|tap|github  what to print (default: table)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 all as expected, 1 a verdict failed, --fail-on was met or a cell differs from --against, 2 the command line or a file is wrong, 3 a cell could not be run, 4 no cell ran at all, 130 interrupted.\n";

static bool parse_run_lab(const char *text, struct run_options *options)
{
    return lab_kind_by_name(text, &options->lab) && options->lab != LAB_NATIVE;
}

// "17", or "1..1000".
static bool parse_seeds(const char *text, struct run_options *options)
{
    char first[24];
    const char *dots = strstr(text, "..");
    size_t length = dots != NULL ? (size_t)(dots - text) : strlen(text);
    if (length >= sizeof(first))
        return false;
    memcpy(first, text, length);
    first[length] = '\0';
    return whole_number_parse(first, 0, SEED_MAX, &options->first_seed) &&
           whole_number_parse(
               dots != NULL ? dots + 2 : first, options->first_seed, SEED_MAX, &options->last_seed);
}

static bool parse_count(
    const char *option, const char *value, unsigned most, unsigned *count, struct error *error)
{
    uint64_t number;
    if (!whole_number_parse(value, 1, most, &number))
        return error_set(
            error, ERROR_INPUT, "%s %s: expected a whole number from 1 to %u", option, value, most);
    *count = (unsigned)number;
    return true;
}

static bool parse_run_option(int option, const char *value, struct run_options *options, struct error *error)
{
    const char *why;
    char formats[REPORT_FORMATS_SIZE];
    switch (option) {
    case 's': options->subjects[options->subjects_count++] = value; return true;
    case 'i': options->image = value; return true;
    case 'o': options->folder = value; return true;
    case 'h': options->help = true; return true;
    case 'r': options->resume = true; return true;
    case 'q': options->quiet = true; return true;
    case 'L': options->all = true; return true;
    case 'c': options->coverage = true; return true;
    case 'R': options->retry = true; return true;
    case 'I': options->inside = true; return true;
    case 't':
        if (duration_parse(value, &options->timeout_us, &why) && options->timeout_us > 0)
            return true;
        return error_set(error, ERROR_INPUT, "--timeout %s: expected a duration above 0", value);
    case 'P': return parse_count("--depth", value, SWEEP_DEPTH_MAX, &options->depth, error);
    case 'N':
        if (parse_seeds(value, options))
            return true;
        return error_set(error, ERROR_INPUT, "--seeds %s: expected FROM..TO, or one seed", value);
    case 'D': options->dry_run = true; return true;
    case 'd':
        if (size_parse(value, &options->disk_limit, &why))
            return true;
        return error_set(error, ERROR_INPUT, "--disk-limit %s: %s", value, why);
    case 'b': return bar_parse(&options->bar, value, error);
    case 'a': options->against = value; return true;
    case 'k': options->conninfo = value; return true;
    case 'A': options->accept = true; return true;
    case 'C': options->cold = true; return true;
    case 'v': options->verbose = true; return true;
    case 'E': options->name_report = true; return true;
    case 'S': options->sealed = true; return true;
    case 'l':
        if (parse_run_lab(value, options))
            return true;
        return error_set(error, ERROR_INPUT, "--lab %s: expected virtual or realtime", value);
    case 'n':
        if (whole_number_parse(value, 0, UINT64_MAX, &options->seed))
            return true;
        return error_set(error, ERROR_INPUT, "--seed %s: expected a whole number from 0 to 2^64 - 1", value);
    case 'j': return parse_count("--jobs", value, JOBS_MAX, &options->jobs, error);
    case 'p':
        if (shard_parse(value, &options->shard, &options->shards))
            return true;
        return error_set(error, ERROR_INPUT, "--shard %s: expected I/N with 1 <= I <= N", value);
    case 'f':
        options->report = report_by_format(value);
        if (options->report != NULL)
            return true;
        return error_set(error, ERROR_INPUT, "--format %s: expected %s", value, report_formats(formats));
    default: return false;
    }
}

// What `hangup sweep` and `hangup search` have, too.
#define CELL_OPTIONS                                                                                         \
    {"subject", required_argument, NULL, 's'}, {"image", required_argument, NULL, 'i'},                      \
        {"seed", required_argument, NULL, 'n'}, {"jobs", required_argument, NULL, 'j'},                      \
        {"out", required_argument, NULL, 'o'}, {"format", required_argument, NULL, 'f'},                     \
        {"resume", no_argument, NULL, 'r'}, {"sealed", no_argument, NULL, 'S'},                              \
        {"disk-limit", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}

static const struct option run_known[] = {CELL_OPTIONS, {"lab", required_argument, NULL, 'l'},
    {"shard", required_argument, NULL, 'p'}, {"quiet", no_argument, NULL, 'q'},
    {"dry-run", no_argument, NULL, 'D'}, {"fail-on", required_argument, NULL, 'b'},
    {"against", required_argument, NULL, 'a'}, {"accept", no_argument, NULL, 'A'},
    {"conninfo", required_argument, NULL, 'k'}, {"cold", no_argument, NULL, 'C'},
    {"verbose", no_argument, NULL, 'v'}, {"report", no_argument, NULL, 'E'}, {0}};
static const struct option sweep_known[] = {CELL_OPTIONS, {"cold", no_argument, NULL, 'C'},
    {"retry", no_argument, NULL, 'R'}, {"depth", required_argument, NULL, 'P'},
    {"shard", required_argument, NULL, 'p'}, {"timeout", required_argument, NULL, 't'},
    {"inside", no_argument, NULL, 'I'}, {0}};
static const struct option search_known[] = {CELL_OPTIONS, {"seeds", required_argument, NULL, 'N'},
    {"fail-on", required_argument, NULL, 'b'}, {"all", no_argument, NULL, 'L'},
    {"coverage", no_argument, NULL, 'c'}, {0}};

static bool parse(
    int argc, char **argv, const struct option *known, struct run_options *options, struct error *error)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct run_options){.lab = LAB_VIRTUAL,
        .report = REPORT_DEFAULT,
        .seed = DEFAULT_SEED,
        .first_seed = 1,
        .last_seed = DEFAULT_SEEDS,
        .disk_limit = GUEST_DISK_LIMIT,
        .shard = 1,
        .shards = 1,
        .depth = 1,
        .jobs = cores > 0 && cores <= JOBS_MAX ? (unsigned)cores : 1};
    options->subjects = calloc((size_t)argc, sizeof(*options->subjects));
    if (options->subjects == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    optind = 0; // glibc: start afresh
    opterr = 0; // one message, and it is ours
    for (int option; (option = getopt_long(argc, argv, ":h", known, NULL)) != -1;) {
        if (option == '?' || option == ':')
            return option_error(option, argv[optind - 1], known, argv[0], error);
        if (!parse_run_option(option, optarg, options, error))
            return false;
    }
    options->scenarios = (const char *const *)argv + optind;
    options->scenarios_count = (size_t)(argc - optind);
    if (options->resume && options->folder == NULL && !options->help)
        return error_set(error, ERROR_INPUT, "--resume: expected --out DIR, the folder of the run to resume");
    return true;
}

bool run_options_parse(int argc, char **argv, struct run_options *options, struct error *error)
{
    return parse(argc, argv, run_known, options, error);
}

bool run_options_parse_sweep(int argc, char **argv, struct run_options *options, struct error *error)
{
    int before = 1;
    while (before < argc && strcmp(argv[before], "--") != 0)
        before++;
    const bool parsed = parse(before, argv, sweep_known, options, error);
    options->command = before < argc ? argv + before + 1 : NULL;
    return parsed;
}

bool run_options_parse_search(int argc, char **argv, struct run_options *options, struct error *error)
{
    return parse(argc, argv, search_known, options, error);
}

void run_options_free(struct run_options *options)
{
    free(options->subjects);
    options->subjects = NULL;
}
