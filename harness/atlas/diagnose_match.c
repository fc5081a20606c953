// Which rows of the atlas say what a text says.
#include "atlas/diagnose.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// Shorter parts are in too many texts: "failed", "closed".
#define PART_LEAST 11

struct question {
    const char *text;
    char *folded;
};

// The class as a whole word: "OperationalError" is none of "MyOperationalErrors".
static bool names_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        bool starts = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        if (starts && !isalnum((unsigned char)at[length]) && at[length] != '_')
            return true;
    }
    return false;
}

// libpq has no classes; its rows have the step that failed there.
static const char *class_of(const struct atlas_row *row)
{
    if (row->kind == NULL)
        return NULL;
    const char *dot = strrchr(row->kind, '.'), *name = dot != NULL ? dot + 1 : row->kind;
    return isupper((unsigned char)name[0]) ? name : NULL;
}

static bool names_class(const struct question *question, const struct atlas_row *row)
{
    const char *class = class_of(row);
    if (class == NULL)
        return false;
    // Another library's class of the same name is not meant: "psycopg2.OperationalError".
    char qualified[128];
    size_t length = strlen(class);
    for (const char *at = question->text; (at = strstr(at, class)) != NULL; at += length) {
        const char *start = at;
        while (start > question->text &&
               (isalnum((unsigned char)start[-1]) || start[-1] == '_' || start[-1] == '.'))
            start--;
        size_t whole = (size_t)(at - start) + length;
        if (whole >= sizeof(qualified))
            continue;
        memcpy(qualified, start, whole);
        qualified[whole] = '\0';
        const char *dot = strchr(qualified, '.');
        size_t package = dot != NULL ? (size_t)(dot - qualified) + 1 : 0;
        // asyncio's classes have become Python's own.
        bool same_package = strncmp(qualified, row->kind, package) == 0 ||
                            (strchr(row->kind, '.') == NULL && strncmp(qualified, "asyncio.", 8) == 0);
        if (names_word(at, class) && same_package && (package > 0 || whole == length))
            return true;
    }
    return false;
}

// A class and nothing behind it on its line: "TimeoutError", as str(error) is empty.
static bool names_class_alone(const struct question *question, const struct atlas_row *row)
{
    const char *class = class_of(row);
    size_t length = class != NULL ? strlen(class) : 0;
    for (const char *at = question->text; class != NULL && (at = strstr(at, class)) != NULL; at += length) {
        const char *behind = at + length + strspn(at + length, "()': \t\r");
        if (*behind == '\0' || *behind == '\n')
            return names_class(question, row);
    }
    return false;
}

// The cause is what stands behind a line's last colon.
static size_t cause_of(const char *line, size_t length, const char **cause)
{
    *cause = line;
    for (size_t i = 0; i + 2 < length; i++)
        if (line[i] == ':' && line[i + 1] == ' ')
            *cause = line + i + 2;
    return length - (size_t)(*cause - line);
}

// The longest cause of a line of `from` that is also in `text`.
static size_t common_cause(const char *text, const char *from)
{
    size_t longest = 0;
    for (const char *line = from; *line != '\0'; line += line[0] == '\n') {
        const char *cause;
        size_t line_length = strcspn(line, "\n"), length = cause_of(line, line_length, &cause);
        if (length >= PART_LEAST && length > longest && memmem(text, strlen(text), cause, length) != NULL)
            longest = length;
        line += line_length;
    }
    return longest;
}

static size_t longer(size_t a, size_t b)
{
    return a > b ? a : b;
}

// False: out of memory.
static bool compare_match_ranks(
    const struct question *question, const struct atlas_row *row, struct diagnose_match *match)
{
    *match = (struct diagnose_match){.row = row, .level = DIAGNOSE_NOTHING};
    char *folded = diagnose_fold(row->text != NULL ? row->text : "");
    if (folded == NULL)
        return false;
    match->class_named = names_class(question, row);
    size_t part = longer(common_cause(question->folded, folded), common_cause(folded, question->folded));
    if (folded[0] == '\0' ? names_class_alone(question, row) : diagnose_holds(question->folded, folded)) {
        bool exact = row->text == NULL || strstr(question->text, row->text) != NULL;
        match->level = exact ? DIAGNOSE_EXACT : DIAGNOSE_FOLDED;
        match->length = strlen(folded);
    } else if (part > 0) {
        match->level = DIAGNOSE_PART;
        match->length = part;
    } else if (match->class_named) {
        match->level = DIAGNOSE_CLASS;
    }
    free(folded);
    return true;
}

// 0, 1, 2 for the whole text, a part of it, the class alone.
static int rank_match(const struct diagnose_match *match)
{
    return match->level <= DIAGNOSE_FOLDED ? 0 : (int)match->level;
}

// Equal: they fit equally well.
static int compare_fit(const struct diagnose_match *a, const struct diagnose_match *b)
{
    if (rank_match(a) != rank_match(b))
        return rank_match(a) - rank_match(b);
    // A longer text holds the shorter one: `connection to server ... failed: EOF detected` and `EOF
    // detected`.
    if (a->length != b->length)
        return a->length > b->length ? -1 : 1;
    if (a->class_named != b->class_named)
        return a->class_named ? -1 : 1;
    return (int)a->level - (int)b->level;
}

static int compare_matches(const void *left, const void *right)
{
    const struct diagnose_match *a = left, *b = right;
    int fit = compare_fit(a, b);
    if (fit != 0)
        return fit;
    return a->row < b->row ? -1 : a->row > b->row; // in the atlas's order
}

bool diagnose(const struct atlas *atlas, const char *text, struct diagnosis *diagnosis)
{
    struct question question = {text, diagnose_fold(text)};
    *diagnosis = (struct diagnosis){.matches = calloc(atlas->rows_count + 1, sizeof(*diagnosis->matches))};
    bool whole = question.folded != NULL && diagnosis->matches != NULL;
    for (size_t i = 0; whole && i < atlas->rows_count; i++) {
        struct diagnose_match *match = &diagnosis->matches[diagnosis->count];
        if (atlas->rows[i].outcome != ATLAS_ERROR)
            continue;
        whole = compare_match_ranks(&question, &atlas->rows[i], match);
        diagnosis->count += match->level != DIAGNOSE_NOTHING;
    }
    if (whole && diagnosis->count > 0)
        qsort(diagnosis->matches, diagnosis->count, sizeof(*diagnosis->matches), compare_matches);
    while (whole && diagnosis->best < diagnosis->count &&
           compare_fit(&diagnosis->matches[0], &diagnosis->matches[diagnosis->best]) == 0)
        diagnosis->best++;
    free(question.folded);
    return whole;
}

void diagnosis_free(struct diagnosis *diagnosis)
{
    free(diagnosis->matches);
    *diagnosis = (struct diagnosis){0};
}
