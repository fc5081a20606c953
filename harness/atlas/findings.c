// From hits to findings: those of one event together, each error once, the causes by how much speaks for
// them.
#include "atlas/internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NEAR          4   // lines: what a client says right after a server's words is said of them
#define EXPLAINS_NEAR 8   // lines: the kernel's words beside a client's
#define QUOTED_MOST   200 // characters
#define QUOTED_BEFORE 40

// The hits of one event, while they come.
struct event {
    const struct hit *hits[FINDING_PHRASES];
    size_t count;
    size_t last_line;
    bool told, classed; // a server's or pooler's words; the class of an error
};

struct making {
    const struct phrases *phrases;
    const struct log *log;
    const struct hits *hits;
    struct diagnosis *diagnosis;
    size_t room;
};

// "OperationalError", "PSQLException": the name of an error, and none of the words "SYSCALL error".
static bool has_class(const char *plain)
{
    static const char *const ends[] = {"Error", "Exception", "Shutdown"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        for (const char *at = plain; (at = strstr(at, ends[i])) != NULL; at++)
            if (at > plain && isalpha((unsigned char)at[-1]))
                return true;
    return false;
}

static bool is_chain(const char *plain)
{
    static const char *const words[] = {"The above exception", "During handling of the above", "Caused by",
        "--->", "[cause]", "cause: ", "Suppressed:", "wrapped by"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(plain, words[i]) != NULL)
            return true;
    return false;
}

static bool is_chained(const struct making *making, const struct event *event, size_t line)
{
    for (size_t i = event->last_line + 1; i <= line; i++)
        if (is_chain(making->log->lines[i].plain))
            return true;
    return false;
}

static bool is_inner(const struct making *making, const struct event *event, const struct hit *hit)
{
    return hit->phrase->speaker >= 0 &&
           sayings_is_on(making->phrases->sayings, event->hits[0]->phrase->speaker, hit->phrase->speaker);
}

// Whether the hit tells of the same event as those before it.
static bool belongs(const struct making *making, const struct event *event, const struct hit *hit)
{
    const struct log_line *lines = making->log->lines, *line = &lines[hit->line];
    if (event->count == 0 || line->record != lines[event->last_line].record)
        return false;
    enum condition_kind kind = hit_kind(making->phrases, hit);
    size_t distance = hit->line - event->last_line;
    if (distance == 0 || is_chained(making, event, hit->line))
        return true;
    bool classed = has_class(line->plain);
    // The class of an inner exception of the same language is no new error.
    if (hit->phrase->generic && (!classed || is_inner(making, event, hit)))
        return distance <= EXPLAINS_NEAR;
    // The telling line comes first: an end of file before it was another event.
    return event->told && (kind == KIND_WIRE || kind == KIND_TOLD) && distance <= NEAR &&
           !(event->classed && classed);
}

static void add_to_event(const struct making *making, struct event *event, const struct hit *hit)
{
    event->last_line = hit->line;
    event->told = event->told || hit_kind(making->phrases, hit) == KIND_TOLD;
    event->classed = event->classed || has_class(making->log->lines[hit->line].plain);
    for (size_t i = 0; i < event->count; i++)
        if (event->hits[i]->phrase == hit->phrase)
            return;
    if (event->count < FINDING_PHRASES)
        event->hits[event->count++] = hit;
}

static void add_share(struct finding *finding, int cause, unsigned share)
{
    for (size_t i = 0; i < finding->causes_count; i++)
        if (finding->causes[i].cause == cause) {
            finding->causes[i].share += share;
            return;
        }
    if (finding->causes_count < sizeof(finding->causes) / sizeof(finding->causes[0]))
        finding->causes[finding->causes_count++] = (struct cause_share){cause, share};
}

static int compare_cause_shares(const void *left, const void *right)
{
    const struct cause_share *a = left, *b = right;
    if (a->share != b->share)
        return a->share > b->share ? -1 : 1;
    return a->cause - b->cause;
}

// Where somebody said why, nothing else counts; the kernel's words explain only what came over the wire.
static void weigh_causes(const struct making *making, const struct event *event, struct finding *finding)
{
    bool wire = true;
    for (size_t i = 0; i < event->count; i++) {
        enum condition_kind kind = hit_kind(making->phrases, event->hits[i]);
        wire = wire && (event->hits[i]->phrase->generic || kind == KIND_WIRE || kind == KIND_DEADLINE);
    }
    for (size_t i = 0; i < event->count; i++) {
        const struct hit *hit = event->hits[i];
        if ((event->told && hit_kind(making->phrases, hit) != KIND_TOLD) || (hit->phrase->generic && !wire))
            continue;
        for (size_t j = 0; j < hit->phrase->causes_count; j++)
            add_share(finding, hit->phrase->causes[j].cause,
                hit->phrase->causes[j].share * (hit->phrase->generic ? 3 : 5));
    }
    qsort(finding->causes, finding->causes_count, sizeof(finding->causes[0]), compare_cause_shares);
}

// The hit that is quoted: one that says the most likely cause, the telling ones before the kernel's words.
static const struct hit *find_telling(const struct event *event, int cause)
{
    const struct hit *telling = event->hits[0];
    for (int generic = 1; generic >= 0; generic--)
        for (size_t i = event->count; i-- > 0;)
            for (size_t j = 0; j < event->hits[i]->phrase->causes_count; j++)
                if (event->hits[i]->phrase->causes[j].cause == cause &&
                    event->hits[i]->phrase->generic == (generic == 1))
                    telling = event->hits[i];
    return telling;
}

// A long line is cut around what was found: its first word is where it stands in the line as it was meant.
static char *quote(const struct making *making, const struct hit *hit)
{
    const char *plain = making->log->lines[hit->line].plain;
    char word[16];
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(hit->phrase->first, " #*\""), hit->phrase->first);
    plain += strspn(plain, " \t");
    const char *found = strlen(plain) > QUOTED_MOST && word[0] != '\0' ? strcasestr(plain, word) : NULL;
    const char *from = found != NULL && found - plain > QUOTED_BEFORE ? found - QUOTED_BEFORE : plain;
    while (((unsigned char)*from & 0xc0) == 0x80) // not within a character
        from++;
    char *quoted = NULL;
    return asprintf(&quoted, "%s%.*s%s", from > plain ? "..." : "", QUOTED_MOST, from,
               strlen(from) > QUOTED_MOST ? "..." : "") >= 0
               ? quoted
               : NULL;
}

// Of those that have shown themselves the one that says such things, and of these the most particular.
static int find_speaker(const struct making *making, const struct hit *hit)
{
    const struct sayings *sayings = making->phrases->sayings;
    int speaker = hit->phrase->saying != NULL ? hit->phrase->speaker : -1, other = -1;
    uint32_t seen = hits_evidence(making->hits, making->log, hit->line).speakers;
    for (int i = 0; i < (int)sayings->speakers_count; i++) {
        if ((seen >> i & 1) == 0)
            continue;
        if (sayings_is_on(sayings, i, speaker))
            speaker = i;
        else if (!sayings_is_on(sayings, speaker, i) && !sayings->speakers[i].language)
            other = i;
    }
    if (hit->phrase->speaker >= 0 && speaker < 0)
        return other >= 0                                                  ? other
               : sayings_speaker(sayings, "libpq") == hit->phrase->speaker ? hit->phrase->speaker
                                                                           : -1;
    return speaker >= 0 ? speaker : other;
}

static int lowest_bit(uint32_t bits)
{
    return bits != 0 ? __builtin_ctz(bits) : -1;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
    return a->phrases[0]->saying == b->phrases[0]->saying &&
           (a->phrases[0]->saying != NULL || strcmp(a->phrases[0]->first, b->phrases[0]->first) == 0) &&
           a->causes[0].cause == b->causes[0].cause && a->speaker == b->speaker;
}

static bool keep_finding(struct making *making, struct finding *finding)
{
    struct diagnosis *diagnosis = making->diagnosis;
    for (size_t i = 0; i < diagnosis->count; i++) {
        struct finding *known = &diagnosis->findings[i];
        if (!is_same(known, finding))
            continue;
        known->times++;
        known->last_line = finding->line;
        known->wrapper = known->wrapper >= 0 ? known->wrapper : finding->wrapper;
        free(finding->quoted);
        return true;
    }
    if (diagnosis->count == making->room) {
        size_t room = making->room * 2 + 8;
        struct finding *findings = reallocarray(diagnosis->findings, room, sizeof(*findings));
        if (findings == NULL) {
            free(finding->quoted);
            return false;
        }
        diagnosis->findings = findings;
        making->room = room;
    }
    diagnosis->findings[diagnosis->count++] = *finding;
    return true;
}

static bool end_event(struct making *making, struct event *event)
{
    struct finding finding = {.times = 1};
    if (event->count == 0)
        return true;
    weigh_causes(making, event, &finding);
    const struct hit *telling = find_telling(event, finding.causes[0].cause);
    finding.phrases[finding.phrases_count++] = telling->phrase;
    for (size_t i = 0; i < event->count; i++)
        if (event->hits[i] != telling && finding.phrases_count < FINDING_PHRASES)
            finding.phrases[finding.phrases_count++] = event->hits[i]->phrase;
    finding.line = finding.last_line = making->log->lines[telling->line].number;
    finding.speaker = find_speaker(making, telling);
    finding.wrapper = lowest_bit(hits_evidence_around(making->hits, making->log, telling->line).wrappers);
    finding.quoted = quote(making, telling);
    *event = (struct event){0};
    return finding.quoted != NULL && keep_finding(making, &finding);
}

bool findings_make(const struct phrases *phrases, const struct log *log, const struct hits *hits,
    struct diagnosis *diagnosis)
{
    struct making making = {phrases, log, hits, diagnosis, 0};
    struct event event = {0};
    for (size_t i = 0; i < hits->count; i++) {
        if (!belongs(&making, &event, &hits->items[i]) && !end_event(&making, &event))
            return false;
        add_to_event(&making, &event, &hits->items[i]);
    }
    return end_event(&making, &event);
}
