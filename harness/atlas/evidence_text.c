// Evidence as one line for people.
#include "atlas/atlas.h"

#include "base/duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

char *atlas_time(int64_t time_us, char text[static ATLAS_TIME_SIZE])
{
    double seconds = (double)time_us / US_PER_S;
    if (time_us < 0)
        snprintf(text, ATLAS_TIME_SIZE, "before it");
    else if (time_us < US_PER_MS / 2)
        snprintf(text, ATLAS_TIME_SIZE, "0");
    else if (time_us < US_PER_S)
        snprintf(text, ATLAS_TIME_SIZE, "%.0fms", seconds * 1000);
    else if (time_us < 100 * US_PER_S)
        snprintf(text, ATLAS_TIME_SIZE, "%.4gs", seconds);
    else
        snprintf(text, ATLAS_TIME_SIZE, "%.1fs", seconds);
    return text;
}

static void print_ago(FILE *file, const char *before, int64_t time_us, const char *behind)
{
    char time[ATLAS_TIME_SIZE];
    fprintf(file, "%s%s%s", before, atlas_time(time_us, time), behind);
}

static void print_sign(FILE *file, const char *what, int64_t before_us, bool forged, const char **comma)
{
    if (before_us == ATLAS_NEVER)
        return;
    fprintf(file, "%s%s ", *comma, what);
    if (before_us < US_PER_MS / 2)
        fputs("at that moment", file);
    else
        print_ago(file, "", before_us, " before");
    fputs(forged ? " (forged on the way)" : "", file);
    *comma = ", ";
}

static void print_silence(FILE *file, const struct atlas_evidence *evidence, const char **comma)
{
    bool mute = evidence->heard_us == ATLAS_NEVER;
    if (!mute && evidence->heard_us < US_PER_S)
        return;
    fputs(*comma, file);
    if (!mute)
        print_ago(file, "nothing heard for ", evidence->heard_us, "");
    else if (evidence->syns > 0)
        fprintf(file, "%" PRId64 " SYNs and no answer", evidence->syns);
    else
        fputs("no packet", file);
    *comma = ", ";
}

static void print_evidence(FILE *file, const struct atlas_evidence *evidence)
{
    const char *comma = "";
    print_sign(file, "FIN", evidence->fin_us, evidence->fin_forged, &comma);
    if (evidence->fin_us != ATLAS_NEVER)
        fputs(evidence->goodbye ? " after a goodbye" : " without a goodbye", file);
    print_sign(file, "RST", evidence->rst_us, evidence->rst_forged, &comma);
    print_sign(file, "ICMP unreachable", evidence->icmp_us, false, &comma);
    print_silence(file, evidence, &comma);
    if (evidence->retransmissions > 0) {
        fprintf(file, "%s%" PRId64 " bytes unacknowledged, sent again %" PRId64 " times", comma,
            evidence->unacknowledged, evidence->retransmissions);
        comma = ", ";
    }
    if (evidence->keepalives > 0)
        fprintf(file, "%s%" PRId64 " keepalive probes unanswered", comma, evidence->keepalives);
}

char *atlas_evidence_words(const struct atlas_evidence *evidence)
{
    char *words = NULL;
    size_t size;
    FILE *file = open_memstream(&words, &size);
    if (file == NULL)
        return NULL;
    print_evidence(file, evidence);
    if (fclose(file) == 0)
        return words;
    free(words);
    return NULL;
}
