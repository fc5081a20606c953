// getopt_long, and numbers that are nothing but numbers.
#include "command/atlas_options.h"

#include "base/invocation.h"
#include "base/option_error.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_SEED 7
#define JOBS_MAX     256

const char atlas_options_help[] =
    "usage: hangup atlas [--event EVENT]... [--client CLIENT]... [OPTIONS]\n"
    "\n"
    "Lets every event happen to every client, with TLS and without, in six states of a connection and once more afterwards, and records what the client said, when, and what the packets show: atlas.json, atlas.md, and a file for each client below atlas/. With --event or --client only those rows are made, and printed.\n"
    "\n"
    "  --event EVENT   one event; may be given again (--list shows them)\n"
    "  --client CLIENT  libpq, psycopg2 and what else has a probe (pool/probes); may be given again\n"
    "  --seed N        the seed of all chance in the lab (default 7)\n"
    "  --jobs N        guests at once (default: one for each core)\n"
    "  --cold          boot a guest for each cell; else cells that begin alike share one: the same rows, sooner\n"
    "  --out DIR       where the cells' traces are kept (default: results/<UTC time>-atlas)\n"
    "  --baseline DIR  where they are written; rows there that this run does not make stay "
    "(default: beside the traces)\n"
    "  --again DIR     run no cell: make the rows from the traces of an earlier run\n"
    "  --list          print the events\n"
    "  --help          this text\n";

static bool parse_number(
    const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *number, struct error *error)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *number >= low && *number <= high)
        return true;
    return error_set(error, ERROR_INPUT, "%s %s: expected a whole number from %" PRIu64 " to %" PRIu64,
        option, text, low, high);
}

static bool parse_atlas_option(
    int option, const char *value, struct atlas_options *options, struct error *error)
{
    uint64_t jobs;
    switch (option) {
    case 'e': options->events[options->events_count++] = value; return true;
    case 'c': options->clients[options->clients_count++] = value; return true;
    case 'a':
        options->again = true;
        options->folder = value;
        return true;
    case 'o': options->folder = value; return true;
    case 'b': options->baseline = value; return true;
    case 'l': options->list = true; return true;
    case 'C': options->cold = true; return true;
    case 'h': options->help = true; return true;
    case 'n': return parse_number("--seed", value, 0, INT64_MAX, &options->seed, error);
    case 'j':
        if (!parse_number("--jobs", value, 1, JOBS_MAX, &jobs, error))
            return false;
        options->jobs = (unsigned)jobs;
        return true;
    default: return false;
    }
}

bool atlas_options_parse(int argc, char **argv, struct atlas_options *options, struct error *error)
{
    static const struct option known[] = {{"event", required_argument, NULL, 'e'},
        {"client", required_argument, NULL, 'c'}, {"seed", required_argument, NULL, 'n'},
        {"jobs", required_argument, NULL, 'j'}, {"out", required_argument, NULL, 'o'},
        {"baseline", required_argument, NULL, 'b'}, {"again", required_argument, NULL, 'a'},
        {"list", no_argument, NULL, 'l'}, {"cold", no_argument, NULL, 'C'}, {"help", no_argument, NULL, 'h'},
        {0}};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct atlas_options){
        .seed = DEFAULT_SEED, .jobs = cores > 0 && cores <= JOBS_MAX ? (unsigned)cores : 1};
    options->events = calloc((size_t)argc, sizeof(*options->events));
    options->clients = calloc((size_t)argc, sizeof(*options->clients));
    if (options->events == NULL || options->clients == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    optind = 0; // glibc: start afresh
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":h", known, NULL)) != -1;) {
        if (option == '?' || option == ':')
            return option_error(option, argv[optind - 1], known, "atlas", error);
        if (!parse_atlas_option(option, optarg, options, error))
            return false;
    }
    return optind == argc || error_set(error, ERROR_INPUT, "'%s': expected options; see `%s atlas --help`",
                                 argv[optind], invocation_name());
}

void atlas_options_free(struct atlas_options *options)
{
    free(options->events);
    free(options->clients);
}
