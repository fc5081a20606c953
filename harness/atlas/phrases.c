// The phrases, and whether one is at a place of a line.
#include "atlas/phrases.h"

#include "atlas/diagnose.h"
#include "atlas/event.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ANYTHING      "..."
#define SHORT_LENGTH  24 // a recorded text this short may be another client's, too
#define ANYTHING_MOST 300
#define COMMON        4 // a row counts as so many of a rare event

// How often a connection of a pool is doing that when something happens: mostly nothing.
static const unsigned phase_weights[ATLAS_PHASES] = {[ATLAS_IDLE] = 4,
    [ATLAS_WAITING] = 2,
    [ATLAS_TRANSACTION] = 2,
    [ATLAS_BULK] = 1,
    [ATLAS_CONNECTING] = 1,
    [ATLAS_RECONNECTING] = 2,
    [ATLAS_AGAIN] = 1};

size_t phrases_bucket(const char *text)
{
    return ((unsigned char)text[0] * 61U + (unsigned char)text[1]) % PHRASE_BUCKETS;
}

// The atlas has each text on one line. libpq begins a new one with these, and so does a log: behind a space,
// unless what stands before it leads on ("failed: ", "General error: 7 ", "PQconsumeInput() ").
static void restore_lines(char *folded)
{
    static const char *const begins[] = {"this probably means the server terminated abnormally",
        "before or while processing the request", "is the server running on that host",
        "is the server running locally", "this may indicate that the server does not support",
        "ssl syscall error: ", "server closed the connection unexpectedly",
        "ssl connection has been closed unexpectedly"};
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        for (char *at = folded; (at = strstr(at, begins[i])) != NULL; at++)
            if (at - folded >= 2 && at[-1] == ' ' && strchr(":#)", at[-2]) == NULL)
                at[-1] = '\n';
}

static struct phrase *add_phrase(struct phrases *phrases, const char *text, bool recorded)
{
    if (phrases->count == phrases->room) {
        size_t room = phrases->room * 2 + 128;
        struct phrase *items = reallocarray(phrases->items, room, sizeof(*items));
        if (items == NULL)
            return NULL;
        phrases->items = items;
        phrases->room = room;
    }
    struct phrase *phrase = &phrases->items[phrases->count];
    *phrase = (struct phrase){.first = diagnose_fold(text), .speaker = -1, .wrapper = -1};
    if (phrase->first == NULL)
        return NULL;
    phrases->count++;
    if (recorded)
        restore_lines(phrase->first);
    char *line_end = strchr(phrase->first, '\n');
    if (line_end != NULL) {
        *line_end = '\0';
        phrase->rest = line_end + 1;
    }
    phrase->length = strlen(phrase->first);
    return phrase;
}

static bool add_evidence(struct phrases *phrases, char **words, int speaker, int wrapper)
{
    for (char **word = words; word != NULL && *word != NULL; word++) {
        struct phrase *phrase = add_phrase(phrases, *word, false);
        if (phrase == NULL)
            return false;
        phrase->evidence = true;
        phrase->speaker = speaker;
        phrase->wrapper = wrapper;
    }
    return true;
}

static bool add_saying(struct phrases *phrases, const struct saying *saying, const char *says)
{
    struct phrase *phrase = add_phrase(phrases, says, false);
    unsigned whole = 0, count = (unsigned)saying->causes_count;
    if (phrase == NULL)
        return false;
    phrase->saying = saying;
    phrase->speaker = saying->speaker;
    phrase->shared = saying->shared;
    phrase->generic = saying->generic;
    phrase->vague = saying->vague;
    phrase->at_end = phrase->first[phrase->length - 1] == '$';
    if (phrase->at_end)
        phrase->first[--phrase->length] = '\0';
    for (unsigned i = 0; i < count; i++)
        whole += count - i;
    for (unsigned i = 0; i < count; i++)
        phrase->causes[i] = (struct cause_share){saying->causes[i], PHRASE_WHOLE * (count - i) / whole};
    phrase->causes_count = count;
    return true;
}

// In English, and in the other languages that are known.
static bool add_saying_in_all(struct phrases *phrases, const struct saying *saying)
{
    bool good = add_saying(phrases, saying, saying->says);
    for (char **says = saying->also; good && says != NULL && *says != NULL; says++)
        good = add_saying(phrases, saying, *says);
    return good;
}

static int compare_shares(const void *left, const void *right)
{
    const struct cause_share *a = left, *b = right;
    if (a->share != b->share)
        return a->share > b->share ? -1 : 1;
    return a->cause - b->cause;
}

// A row that tells an error in words, with these folded: a client's ports differ from row to row.
struct recorded_text {
    const struct atlas_row *row;
    char *folded;
};

static int compare_recorded(const void *left, const void *right)
{
    const struct recorded_text *a = left, *b = right;
    int order = strcmp(a->row->client, b->row->client);
    order = order != 0 ? order : strcmp(a->folded, b->folded);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static unsigned weight_of_row(const struct atlas_row *row)
{
    const struct atlas_event *event = atlas_event_by_name(row->event);
    return phase_weights[row->phase] * (event != NULL && event->rare ? 1 : COMMON);
}

// What the rows of one text and client say of its causes. Who uses a connection again that has failed tells
// of nothing new, whatever the packets then show.
static void weigh_rows(
    struct phrase *phrase, const struct sayings *sayings, const struct recorded_text *texts, size_t count)
{
    unsigned weights[CAUSES] = {0}, again = 0, whole = 0;
    for (size_t i = 0; i < count; i++) {
        const struct atlas_row *row = texts[i].row;
        const unsigned weight = weight_of_row(row);
        if (row->phase == ATLAS_AGAIN)
            again += weight;
        else
            weights[row->cause] += weight;
        whole += weight;
    }
    for (int cause = 0; cause < CAUSES; cause++)
        if (weights[cause] > 0)
            phrase->causes[phrase->causes_count++] = (struct cause_share){
                cause, PHRASE_WHOLE * weights[cause] / whole};
    if (2 * again > whole) // a text that is a first one, too, is read as that
        phrase->causes[phrase->causes_count++] = (struct cause_share){
            sayings_cause(sayings, "second-use"), PHRASE_WHOLE * again / whole};
    qsort(phrase->causes, phrase->causes_count, sizeof(*phrase->causes), compare_shares);
}

// Who says such a text: its client, or, where it begins with words of the client's language ("read tcp ..."),
// anybody's client in that language.
static int speaker_of(const struct phrases *phrases, const char *client, const char *folded)
{
    const struct sayings *sayings = phrases->sayings;
    int speaker = sayings_speaker(sayings, client);
    for (size_t i = 0; speaker >= 0 && i < phrases->count; i++) {
        const struct phrase *phrase = &phrases->items[i];
        size_t end;
        if (phrase->text == NULL && phrase->speaker >= 0 && sayings->speakers[phrase->speaker].language &&
            sayings_is_on(sayings, speaker, phrase->speaker) && phrase_is_at(phrase, folded, 0, &end))
            return phrase->speaker;
    }
    return speaker;
}

// Whether it is a saying of its client's that says only that something failed, and hands nothing on behind
// it.
static bool is_vague(const struct phrases *phrases, const char *client, const char *folded)
{
    const int speaker = sayings_speaker(phrases->sayings, client);
    for (size_t i = 0; speaker >= 0 && i < phrases->count; i++) {
        const struct phrase *phrase = &phrases->items[i];
        size_t end;
        if (phrase->vague && phrase->text == NULL && phrase->speaker >= 0 &&
            sayings_is_on(phrases->sayings, speaker, phrase->speaker) &&
            phrase_is_at(phrase, folded, 0, &end) && strchr(folded + end, ':') == NULL)
            return true;
    }
    return false;
}

// "[errno #] connection refused": Python's way to hand on the kernel's words.
static bool is_kernels(const struct phrases *phrases, const char *folded)
{
    const char *words = folded[0] == '[' ? strstr(folded, "] ") : NULL;
    for (size_t i = 0; words != NULL && i < phrases->count; i++) {
        const struct phrase *phrase = &phrases->items[i];
        if (phrase->generic && phrase->text == NULL && strcmp(phrase->first, words + 2) == 0)
            return true;
    }
    return false;
}

// One phrase for all rows that say the same; none where the kernel's words are known by themselves.
static bool add_recorded(struct phrases *phrases, const struct recorded_text *texts, size_t count)
{
    const struct atlas_row *row = texts[0].row;
    if (is_kernels(phrases, texts[0].folded))
        return true;
    struct phrase *phrase = add_phrase(phrases, row->text, true);
    if (phrase == NULL)
        return false;
    phrase->text = row->text;
    phrase->client = row->client;
    phrase->speaker = speaker_of(phrases, row->client, phrase->first);
    phrase->vague = is_vague(phrases, row->client, phrase->first);
    phrase->shared = strlen(row->text) < SHORT_LENGTH || row->text[0] == '[';
    weigh_rows(phrase, phrases->sayings, texts, count);
    for (size_t i = 0; i < count; i++)
        phrases->of_row[texts[i].row - phrases->atlas->rows] = phrases->count;
    return true;
}

static bool add_groups(struct phrases *phrases, const struct recorded_text *texts, size_t count)
{
    bool good = true;
    for (size_t from = 0, to; good && from < count; from = to) {
        for (to = from + 1; to < count && strcmp(texts[from].folded, texts[to].folded) == 0 &&
                            strcmp(texts[from].row->client, texts[to].row->client) == 0;
            to++)
            ;
        good = add_recorded(phrases, &texts[from], to - from);
    }
    return good;
}

static bool add_recording(struct phrases *phrases)
{
    const struct atlas *atlas = phrases->atlas;
    struct recorded_text *texts = calloc(atlas->rows_count + 1, sizeof(*texts));
    if (texts == NULL)
        return false;
    phrases->of_row = calloc(atlas->rows_count + 1, sizeof(*phrases->of_row));
    bool good = phrases->of_row != NULL;
    size_t count = 0;
    for (size_t i = 0; good && i < atlas->rows_count; i++) {
        const struct atlas_row *row = &atlas->rows[i];
        if (row->outcome != ATLAS_ERROR || row->text == NULL || row->text[0] == '\0')
            continue;
        texts[count] = (struct recorded_text){row, diagnose_fold(row->text)};
        good = texts[count++].folded != NULL;
    }
    if (good && count > 0)
        qsort(texts, count, sizeof(*texts), compare_recorded);
    good = good && add_groups(phrases, texts, count);
    for (size_t i = 0; i < count; i++)
        free(texts[i].folded);
    free(texts);
    return good;
}

static bool fill_phrases(struct phrases *phrases)
{
    const struct sayings *sayings = phrases->sayings;
    bool good = true;
    for (size_t i = 0; good && i < sayings->speakers_count; i++)
        good = add_evidence(phrases, sayings->speakers[i].words, (int)i, -1);
    for (size_t i = 0; good && i < sayings->wrappers_count; i++)
        good = add_evidence(phrases, sayings->wrappers[i].words, -1, (int)i);
    for (size_t i = 0; good && i < sayings->sayings_count; i++)
        good = add_saying_in_all(phrases, &sayings->sayings[i]);
    return good && add_recording(phrases);
}

static void index_phrases(struct phrases *phrases)
{
    for (size_t i = phrases->count; i-- > 0;) {
        struct phrase *phrase = &phrases->items[i];
        if (phrase->length < 2)
            continue;
        size_t *bucket = &phrases->buckets[phrases_bucket(phrase->first)];
        phrase->next = *bucket;
        *bucket = i + 1;
    }
}

struct phrases *phrases_new(const struct atlas *atlas, const struct sayings *sayings)
{
    struct phrases *phrases = calloc(1, sizeof(*phrases));
    if (phrases == NULL)
        return NULL;
    phrases->atlas = atlas;
    phrases->sayings = sayings;
    if (fill_phrases(phrases)) {
        index_phrases(phrases);
        return phrases;
    }
    phrases_free(phrases);
    return NULL;
}

void phrases_free(struct phrases *phrases)
{
    for (size_t i = 0; phrases != NULL && i < phrases->count; i++)
        free(phrases->items[i].first);
    if (phrases != NULL) {
        free(phrases->items);
        free(phrases->of_row);
    }
    free(phrases);
}

static bool is_word_character(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

// The pieces between the "...", each as soon as it comes.
static bool pieces_are_at(const char *pattern, const char *text, size_t *length)
{
    const char *at = text;
    for (bool first = true;; first = false) {
        const char *gap = strstr(pattern, ANYTHING);
        size_t piece = gap != NULL ? (size_t)(gap - pattern) : strlen(pattern);
        const char *found = first ? (strncmp(at, pattern, piece) == 0 ? at : NULL)
                                  : memmem(at, strnlen(at, ANYTHING_MOST), pattern, piece);
        if (found == NULL)
            return false;
        at = found + piece;
        *length = (size_t)(at - text);
        if (gap == NULL)
            return true;
        pattern = gap + strlen(ANYTHING);
    }
}

bool phrase_is_at(const struct phrase *phrase, const char *text, size_t at, size_t *end)
{
    size_t length;
    if (at > 0 && is_word_character(text[at - 1]) && is_word_character(phrase->first[0]))
        return false;
    if (phrase->evidence && at > 0 && text[at - 1] == ':') // "DBD::Pg::" is no "PG::"
        return false;
    if (!pieces_are_at(phrase->first, text + at, &length))
        return false;
    *end = at + length;
    char last = phrase->first[phrase->length - 1];
    if (!phrase->evidence && is_word_character(last) && is_word_character(text[*end]))
        return false;
    return !phrase->at_end || text[*end + strspn(text + *end, "()': \",.}]")] == '\0';
}
