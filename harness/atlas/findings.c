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

static bool says_cause(const struct phrase *phrase, int cause)
{
    for (size_t i = 0; i < phrase->causes_count; i++)
        if (phrase->causes[i].cause == cause)
            return true;
    return false;
}

static bool say_one_cause(const struct phrase *a, const struct phrase *b)
{
    for (size_t i = 0; i < a->causes_count; i++)
        if (says_cause(b, a->causes[i].cause))
            return true;
    return false;
}

// The same said in other words right behind: "... failed: No such file or directory", and "Is the server
// running locally". The very same words are another time, but for what an object has below its first line.
static bool is_same_in_other_words(
    const struct making *making, const struct event *event, const struct hit *hit)
{
    const struct phrase *first = event->hits[0]->phrase, *phrase = hit->phrase;
    const struct sayings *sayings = making->phrases->sayings;
    for (size_t i = 0; i < event->count; i++)
        if (event->hits[i]->phrase == phrase)
            return hit->line - event->last_line <= NEAR &&
                   isspace((unsigned char)making->log->lines[hit->line].plain[0]);
    return hit->line - event->last_line <= NEAR && first->causes_count > 0 && phrase->causes_count > 0 &&
           (first->causes[0].cause == phrase->causes[0].cause ||
               (phrase->vague && say_one_cause(first, phrase))) &&
           (first->speaker < 0 || phrase->speaker < 0 ||
               sayings_is_on(sayings, first->speaker, phrase->speaker) ||
               sayings_is_on(sayings, phrase->speaker, first->speaker));
}

// Whether the hit tells of the same event as those before it.
static bool belongs(const struct making *making, const struct event *event, const struct hit *hit)
{
    const struct log_line *lines = making->log->lines, *line = &lines[hit->line];
    if (event->count == 0 || line->record != lines[event->last_line].record)
        return false;
    enum condition_kind kind = hit_kind(making->phrases, hit);
    size_t distance = hit->line - event->last_line;
    if (distance == 0 || is_chained(making, event, hit->line) || is_same_in_other_words(making, event, hit))
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

// What says only that something failed, while what was handed on says what.
static bool is_weak(const struct making *making, const struct hit *hit)
{
    return hit->phrase->vague || hit_kind(making->phrases, hit) == KIND_POOL;
}

// "QueuePool limit ... reached, connection timed out": the kernel did not say that.
static bool is_of_pool(const struct making *making, const struct event *event, const struct hit *hit)
{
    for (size_t i = 0; hit->phrase->generic && i < event->count; i++)
        if (event->hits[i]->line == hit->line && hit_kind(making->phrases, event->hits[i]) == KIND_POOL)
            return true;
    return false;
}

static bool has_strong(const struct making *making, const struct event *event)
{
    for (size_t i = 0; i < event->count; i++)
        if (!is_weak(making, event->hits[i]) && !is_of_pool(making, event, event->hits[i]))
            return true;
    return false;
}

// The kernel's words explain only what came over the wire.
static bool is_about_wire(const struct making *making, const struct event *event)
{
    for (size_t i = 0; i < event->count; i++) {
        const struct hit *hit = event->hits[i];
        enum condition_kind kind = hit_kind(making->phrases, hit);
        if (!hit->phrase->generic && !is_weak(making, hit) && kind != KIND_WIRE && kind != KIND_DEADLINE)
            return false;
    }
    return true;
}

// "Failed to connect" and "Connection timed out": what the kernel says elsewhere of a connection that is open
// is not meant.
static bool is_ruled_out(const struct event *event, const struct hit *hit, int cause)
{
    for (size_t i = 0; hit->phrase->generic && i < event->count; i++) {
        const struct phrase *vague = event->hits[i]->phrase;
        if (vague->vague && say_one_cause(vague, hit->phrase) && !says_cause(vague, cause))
            return true;
    }
    return false;
}

// How much a hit counts; of two that contradict each other the first: what it hands on came of it.
static unsigned weight_of(const struct making *making, const struct event *event, size_t i)
{
    const struct hit *hit = event->hits[i];
    if (is_weak(making, hit))
        return has_strong(making, event) ? 1 : 5;
    return hit->phrase->generic ? 3 : i == 0 ? 7 : 5;
}

// Where somebody said why, nothing else counts.
static void weigh_causes(const struct making *making, const struct event *event, struct finding *finding)
{
    bool wire = is_about_wire(making, event);
    for (size_t i = 0; i < event->count; i++) {
        const struct hit *hit = event->hits[i];
        if ((event->told && hit_kind(making->phrases, hit) != KIND_TOLD) || (hit->phrase->generic && !wire) ||
            is_of_pool(making, event, hit))
            continue;
        for (size_t j = 0; j < hit->phrase->causes_count; j++)
            if (!is_ruled_out(event, hit, hit->phrase->causes[j].cause))
                add_share(finding, hit->phrase->causes[j].cause,
                    hit->phrase->causes[j].share * weight_of(making, event, i));
    }
    qsort(finding->causes, finding->causes_count, sizeof(finding->causes[0]), compare_cause_shares);
}

// The hit that is quoted: one that says the most likely cause, the telling ones before the kernel's words.
static const struct hit *find_telling(const struct event *event, int cause)
{
    const struct hit *telling = event->hits[0];
    for (int generic = 1; generic >= 0; generic--)
        for (size_t i = event->count; i-- > 0;)
            if (says_cause(event->hits[i]->phrase, cause) &&
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

// Of those that have shown themselves the most particular one that says such things; else the first that is a
// client at all.
static int pick_speaker(const struct making *making, int speaker, uint64_t seen)
{
    const struct sayings *sayings = making->phrases->sayings;
    int other = -1;
    for (int i = 0; i < (int)sayings->speakers_count; i++) {
        const struct speaker *one = &sayings->speakers[i];
        if ((seen >> i & 1) == 0 || one->foreign)
            continue;
        if (sayings_is_on(sayings, i, speaker))
            speaker = i;
        else if (!one->language && !sayings_is_on(sayings, speaker, i) &&
                 (other < 0 || sayings_is_on(sayings, i, other)))
            other = i;
    }
    return speaker >= 0 ? speaker : other;
}

static int pick_language(const struct sayings *sayings, uint64_t seen)
{
    for (int i = 0; i < (int)sayings->speakers_count; i++)
        if ((seen >> i & 1) != 0 && sayings->speakers[i].language)
            return i;
    return -1;
}

// By the line itself, then by what is around it: "java.net.SocketException" under a PSQLException is
// pgjdbc's.
static int find_speaker(const struct making *making, const struct hit *hit)
{
    const struct sayings *sayings = making->phrases->sayings;
    int owner = hit->phrase->speaker, libpq = sayings_speaker(sayings, "libpq");
    uint64_t around = hits_evidence_around(making->hits, making->log, hit->line).speakers;
    // What the atlas has of one client on libpq another one says, too.
    bool anybodys = hit->phrase->saying == NULL && owner >= 0 && sayings_is_on(sayings, owner, libpq);
    int speaker = pick_speaker(
        making, anybodys ? -1 : owner, hits_evidence(making->hits, making->log, hit->line).speakers);
    if (speaker < 0 || sayings->speakers[speaker].language)
        speaker = pick_speaker(making, speaker, around);
    if (speaker < 0 && owner == libpq)
        return libpq;
    return speaker >= 0 ? speaker : pick_language(sayings, around);
}

// One that several pools make together before one by itself, and these in the order of the file.
static int choose_wrapper(const struct sayings *sayings, uint64_t seen, int speaker)
{
    for (int joined = 1; joined >= 0; joined--)
        for (size_t i = 0; i < sayings->wrappers_count; i++) {
            const struct wrapper *wrapper = &sayings->wrappers[i];
            bool fits = wrapper->speaker < 0 || sayings_is_on(sayings, speaker, wrapper->speaker);
            bool there = joined == 1 ? wrapper->joined != 0 && (wrapper->joined & ~seen) == 0
                                     : (seen >> i & 1) != 0;
            if (fits && there)
                return (int)i;
        }
    return -1;
}

// A server that crashes says so in several ways.
static bool is_same(const struct finding *a, const struct finding *b, enum condition_kind kind)
{
    if (kind == KIND_LOG)
        return a->causes[0].cause == b->causes[0].cause && a->speaker == b->speaker;
    return a->phrases[0]->saying == b->phrases[0]->saying &&
           (a->phrases[0]->saying != NULL || strcmp(a->phrases[0]->first, b->phrases[0]->first) == 0) &&
           a->causes[0].cause == b->causes[0].cause && a->speaker == b->speaker;
}

static bool keep_finding(struct making *making, struct finding *finding)
{
    struct diagnosis *diagnosis = making->diagnosis;
    for (size_t i = 0; i < diagnosis->count; i++) {
        struct finding *known = &diagnosis->findings[i];
        if (!is_same(known, finding, sayings_kind(making->phrases->sayings, finding->causes[0].cause)))
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
    finding.wrapper = choose_wrapper(making->phrases->sayings,
        hits_evidence_around(making->hits, making->log, telling->line).wrappers, finding.speaker);
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
