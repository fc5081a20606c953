// From the lines of a log to the phrases in them.
#include "atlas/internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINES_BEFORE 60 // of a record, where the speaker may have shown itself
#define LINES_BEHIND 20

enum condition_kind hit_kind(const struct phrases *phrases, const struct hit *hit)
{
    return hit->phrase->causes_count > 0 ? sayings_kind(phrases->sayings, hit->phrase->causes[0].cause)
                                         : KIND_WIRE;
}

static bool add_hit(struct hits *hits, const struct hit *hit)
{
    if (hits->count == hits->room) {
        size_t room = hits->room * 2 + 64;
        struct hit *items = reallocarray(hits->items, room, sizeof(*items));
        if (items == NULL)
            return false;
        hits->items = items;
        hits->room = room;
    }
    hits->items[hits->count++] = *hit;
    return true;
}

// The lines behind the first, all of them or none: half a text is only its first line.
static void match_rest(const struct log *log, struct hit *hit)
{
    const char *rest = hit->phrase->rest;
    size_t lines = 0, length = 0;
    while (rest != NULL && *rest != '\0') {
        size_t part = strcspn(rest, "\n"), line = hit->line + ++lines;
        if (line >= log->count || strncmp(log->lines[line].folded, rest, part) != 0)
            return;
        length += part;
        rest += part + (rest[part] == '\n');
    }
    hit->covers = lines;
    hit->length += length;
}

static bool take_phrase(struct hits *hits, const struct log *log, const struct phrase *phrase, size_t line,
    size_t start, size_t end)
{
    struct evidence *evidence = &hits->evidence[line];
    if (phrase->evidence) {
        evidence->speakers |= phrase->speaker >= 0 ? UINT64_C(1) << phrase->speaker : 0;
        evidence->wrappers |= phrase->wrapper >= 0 ? UINT64_C(1) << phrase->wrapper : 0;
        return true;
    }
    struct hit hit = {.phrase = phrase, .line = line, .start = start, .end = end, .length = end - start};
    match_rest(log, &hit);
    return add_hit(hits, &hit);
}

static bool scan_line(const struct phrases *phrases, const struct log *log, size_t line, struct hits *hits)
{
    const char *text = log->lines[line].folded;
    for (size_t at = 0; text[at] != '\0' && text[at + 1] != '\0'; at++) {
        size_t next = phrases->buckets[phrases_bucket(text + at)];
        for (size_t end; next > 0; next = phrases->items[next - 1].next) {
            const struct phrase *phrase = &phrases->items[next - 1];
            if (phrase_is_at(phrase, text, at, &end) && !take_phrase(hits, log, phrase, line, at, end))
                return false;
        }
    }
    return true;
}

#define SURE_WORDS 3 // the first so many stand before a code only

// What is behind a severity is a code only where more follows: "FATAL 57P01 (", "ERROR:  42P01: ",
// ",FATAL,57P01,".
static bool more_follows(const char *behind)
{
    return behind[0] == ':' || behind[0] == ',' || strncmp(behind, " (", 2) == 0;
}

const char *sqlstate_find(const char *from, char code[static 6])
{
    static const char *const words[] = {"sqlstate", "pgcode", "code", "fatal", "error", "(0x80004005)"};
    for (; *from != '\0'; from++) {
        size_t word = 0, length = 0;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && length == 0; i++)
            if (strncasecmp(from, words[i], strlen(words[i])) == 0)
                word = i, length = strlen(words[word]);
        if (length == 0)
            continue;
        const char *at = from + length;
        while (at < from + length + 4 && *at != '\0' && !isalnum((unsigned char)*at))
            at++;
        size_t digits = strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (digits == 5 && !isalnum((unsigned char)at[5]) && strpbrk(at, "0123456789") < at + 5 &&
            strpbrk(at, "0123456789") != NULL && (word < SURE_WORDS || more_follows(at + 5))) {
            memcpy(code, at, 5);
            code[5] = '\0';
            return at + 5;
        }
    }
    return NULL;
}

// A code stands for the words that come with it.
static bool scan_sqlstates(
    const struct phrases *phrases, const struct log *log, size_t line, struct hits *hits)
{
    char code[6];
    size_t length = strlen(log->lines[line].folded);
    for (const char *at = log->lines[line].plain; (at = sqlstate_find(at, code)) != NULL;) {
        for (size_t i = 0; i < phrases->count; i++) {
            const struct saying *saying = phrases->items[i].saying;
            if (saying != NULL && saying->sqlstate != NULL && strcmp(saying->sqlstate, code) == 0) {
                struct hit hit = {
                    .phrase = &phrases->items[i], .line = line, .start = length, .end = length + 1};
                if (!add_hit(hits, &hit))
                    return false;
                break;
            }
        }
    }
    return true;
}

struct evidence hits_evidence_around(const struct hits *hits, const struct log *log, size_t line)
{
    struct evidence all = hits->evidence[line];
    size_t record = log->lines[line].record;
    for (size_t i = line; i-- > 0 && line - i <= LINES_BEFORE && log->lines[i].record == record;) {
        all.speakers |= hits->evidence[i].speakers;
        all.wrappers |= hits->evidence[i].wrappers;
    }
    for (size_t i = line + 1; i < log->count && i - line <= LINES_BEHIND && log->lines[i].record == record;
        i++) {
        all.speakers |= hits->evidence[i].speakers;
        all.wrappers |= hits->evidence[i].wrappers;
    }
    return all;
}

struct evidence hits_evidence(const struct hits *hits, const struct log *log, size_t line)
{
    struct evidence around = hits_evidence_around(hits, log, line);
    if (hits->evidence[line].speakers != 0)
        around.speakers = hits->evidence[line].speakers;
    return around;
}

static int base_of(const struct sayings *sayings, int speaker)
{
    for (int depth = 0; sayings->speakers[speaker].parent >= 0 && depth < SPEAKERS_MAX; depth++)
        speaker = sayings->speakers[speaker].parent;
    return speaker;
}

// Whether `seen` has a client that speaks to PostgreSQL, or a server of another kind.
static bool has_speaker(const struct sayings *sayings, uint64_t seen, bool foreign)
{
    for (size_t i = 0; i < sayings->speakers_count; i++)
        if ((seen >> i & 1) != 0 && !sayings->speakers[i].language && sayings->speakers[i].foreign == foreign)
            return true;
    return false;
}

// The kernel's words, a language's and a resolver's come from anybody's client: those of Redis' or MySQL's
// are not meant.
static bool is_foreign(
    const struct phrases *phrases, const struct hits *hits, const struct log *log, const struct hit *hit)
{
    const struct sayings *sayings = phrases->sayings;
    const struct phrase *phrase = hit->phrase;
    bool anybodys = phrase->generic || phrase->speaker < 0 || sayings->speakers[phrase->speaker].language;
    uint64_t seen = hits->evidence[hit->line].speakers;
    if (!has_speaker(sayings, seen, true) && !has_speaker(sayings, seen, false))
        seen = hits_evidence_around(hits, log, hit->line).speakers;
    return anybodys && hit_kind(phrases, hit) != KIND_TOLD && has_speaker(sayings, seen, true) &&
           !has_speaker(sayings, seen, false);
}

// Whether words of `owner` may come from where `seen` has shown itself.
static bool may_be(const struct sayings *sayings, int owner, int seen, bool shared)
{
    if (sayings_is_on(sayings, seen, owner) || (!shared && sayings_is_on(sayings, owner, seen)))
        return true;
    // libpq is used from any language.
    return !shared && sayings->speakers[seen].language &&
           strcmp(sayings->speakers[base_of(sayings, owner)].name, "libpq") == 0;
}

static bool is_possible(
    const struct phrases *phrases, const struct hits *hits, const struct log *log, const struct hit *hit)
{
    const struct phrase *phrase = hit->phrase;
    if (is_foreign(phrases, hits, log, hit))
        return false;
    if (phrase->speaker < 0)
        return true;
    // Words that one client alone says stand for it, unless another speaks on the same line.
    uint64_t seen = phrase->shared ? hits_evidence_around(hits, log, hit->line).speakers
                                   : hits->evidence[hit->line].speakers;
    for (int i = 0; i < (int)phrases->sayings->speakers_count; i++)
        if ((seen >> i & 1) != 0 && may_be(phrases->sayings, phrase->speaker, i, phrase->shared))
            return true;
    return seen == 0 && !phrase->shared;
}

// Larger wins where two overlap: what somebody said on purpose, then what is longer.
static size_t worth(const struct phrases *phrases, const struct hit *hit)
{
    size_t worth = 2 * hit->length + 2;
    if (hit->phrase->generic)
        return worth / 8;
    return worth + (hit_kind(phrases, hit) != KIND_WIRE ? 1000 : 0) +
           (hit_kind(phrases, hit) == KIND_TOLD ? 1000 : 0) + (hit->phrase->saying == NULL) +
           (hit->phrase->shared ? 1 : 0); // somebody has been seen who says it
}

// Whether `other` explains what `hit` does, and better. Two clients that say the same stand side by side.
static bool is_beaten(const struct phrases *phrases, const struct hit *hit, const struct hit *other)
{
    if (other->line < hit->line && hit->line <= other->line + other->covers)
        return hit_kind(phrases, hit) == KIND_WIRE;
    if (other->line != hit->line || other->start >= hit->end || hit->start >= other->end)
        return false;
    // What stands within a longer saying is a part of it.
    if (other->phrase->saying != NULL && other->start <= hit->start && hit->end <= other->end &&
        other->length > hit->length)
        return true;
    if (hit->phrase->saying != NULL && hit->start <= other->start && other->end <= hit->end &&
        hit->length > other->length)
        return false;
    size_t mine = worth(phrases, hit), theirs = worth(phrases, other);
    if (mine != theirs || hit->phrase->saying == NULL)
        return mine < theirs;
    return hit > other; // one of two sayings of equal length
}

#define NEIGHBOURS 8 // lines that a text of the atlas may have

static void drop_beaten(const struct phrases *phrases, struct hits *hits)
{
    bool *beaten = calloc(hits->count + 1, sizeof(*beaten));
    size_t kept = 0;
    for (size_t i = 0; beaten != NULL && i < hits->count; i++) {
        for (size_t j = i; j-- > 0 && hits->items[j].line + NEIGHBOURS > hits->items[i].line;) {
            beaten[i] = beaten[i] || is_beaten(phrases, &hits->items[i], &hits->items[j]);
            beaten[j] = beaten[j] || is_beaten(phrases, &hits->items[j], &hits->items[i]);
        }
    }
    for (size_t i = 0; beaten != NULL && i < hits->count; i++)
        if (!beaten[i])
            hits->items[kept++] = hits->items[i];
    hits->count = kept;
    free(beaten);
}

bool hits_find(const struct phrases *phrases, const struct log *log, struct hits *hits)
{
    *hits = (struct hits){.evidence = calloc(log->count + 1, sizeof(*hits->evidence))};
    if (hits->evidence == NULL)
        return false;
    int server = sayings_speaker(phrases->sayings, "server");
    for (size_t line = 0; line < log->count; line++) {
        if (!scan_line(phrases, log, line, hits) || !scan_sqlstates(phrases, log, line, hits))
            return false;
        if (log_is_of_server(log->lines[line].plain) &&
            !has_speaker(phrases->sayings, hits->evidence[line].speakers, false))
            hits->evidence[line].speakers |= UINT64_C(1) << server;
    }
    size_t kept = 0;
    for (size_t i = 0; i < hits->count; i++)
        if (is_possible(phrases, hits, log, &hits->items[i]))
            hits->items[kept++] = hits->items[i];
    hits->count = kept;
    drop_beaten(phrases, hits);
    return true;
}

void hits_free(struct hits *hits)
{
    free(hits->items);
    free(hits->evidence);
    *hits = (struct hits){0};
}
