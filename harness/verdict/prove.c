// Verdict, third step: does the trace prove anything? A lab that failed, a fault that met nothing or a path
// with another delay than the asked one makes the cell an error, whatever its numbers say.
#include "verdict/internal.h"

#include "base/duration.h"

#define VIRTUAL_TOLERANCE_US  (1 * US_PER_MS)  // computing costs no virtual time
#define REALTIME_TOLERANCE_US (50 * US_PER_MS) // a busy machine answers late
#define ROUNDING_US           10               // two delays of half a round trip, in netem's ticks

static void prove_trace(struct judgement *judgement)
{
    const struct metrics *metrics = &judgement->verdict->metrics;
    if (!judgement->started)
        judgement_error(judgement, "events.jsonl: no start: the scenario never began");
    if (!judgement->ended) {
        char at[DURATION_TEXT_SIZE];
        duration_format(judgement->end_us > 0 ? judgement->end_us : 0, at);
        judgement_error(judgement, "events.jsonl: no end: the trace breaks off at %s", at);
    }
    // Not a row although operations were acknowledged may be the loss of everything, which is a finding; but
    // only where the lab got through its reading of the database.
    if (metrics->value[METRIC_OK] > 0 && !judgement->rows_seen && !judgement->audited)
        judgement_error(judgement, "events.jsonl: no row: the ledger was not compared with the database");
}

static bool any_fault_hit(const struct judgement *judgement)
{
    bool hit = false;
    for (size_t i = 0; i < judgement->cell->scenario->faults_count; i++)
        hit |= judgement->faults[i].hits > 0;
    return hit;
}

// Whether the packets show that host app asked for no connection while the fault stood. Packets that show not
// even those that the pool opened with show nothing.
static bool opened_none(const struct judgement *judgement, const struct fault_fact *fault)
{
    const struct wire_counts *wire = judgement->evidence->wire;
    if (!wire || wire->syns_count == 0 || judgement->zero_us < 0)
        return false;
    for (size_t i = 0; i < wire->syns_count; i++) {
        int64_t at_us = wire->syns_at_ns[i] / 1000 - judgement->zero_us;
        if (at_us >= fault->applied_us && at_us <= fault->reverted_us)
            return false;
    }
    return true;
}

// A server that ends what idles for longer than its limit has nothing to end where no session was silent for
// as long: it was kept busy, or had ended.
static bool none_idled(const struct judgement *judgement, const struct fault_spec *spec)
{
    const struct server_counts *server = judgement->evidence->server;
    int64_t limit_us = fault_option_number(spec, "limit", 0);
    return server != NULL && limit_us > 0 && server->ends >= server->connects &&
           server->longest_quiet_us < limit_us;
}

// What the pool did that left the fault nothing to hit; NULL: there was something.
static const char *why_nothing_to_lose(
    const struct judgement *judgement, const struct fault_spec *spec, const struct fault_fact *fault)
{
    if (fault_meets_opening(spec))
        return opened_none(judgement, fault) ? "opened no connection while it stood" : NULL;
    if (fault->unopposed)
        return "held no connection";
    return none_idled(judgement, spec) ? "let no connection idle for as long" : NULL;
}

// A pool that lets idle connections go has nothing for an idle death to hit, and one that never connects
// again nothing for a fault of handshakes: that is no fault of the lab, and the best that can happen.
static void prove_hit(struct judgement *judgement, size_t index)
{
    const struct scenario *scenario = judgement->cell->scenario;
    const struct fault_spec *spec = &scenario->faults[index];
    const struct fault_fact *fault = &judgement->faults[index];
    const char *why = why_nothing_to_lose(judgement, spec, fault);
    if (why == NULL) {
        judgement_error(judgement, "%s:%d: %s %s: the fault hit nothing", scenario->path, spec->line,
            spec->kind->name, spec->argument);
    } else if (fault_meets_opening(spec) || !any_fault_hit(judgement)) {
        // Another fault's hit may be what the scenario is about; before a fault of handshakes it is not.
        judgement->nothing_to_lose = true;
        judgement_note(judgement, "%s:%d: %s %s: nothing to lose: the pool %s", scenario->path, spec->line,
            spec->kind->name, spec->argument, why);
    }
}

static void prove_fault(struct judgement *judgement, size_t index)
{
    const struct scenario *scenario = judgement->cell->scenario;
    const struct fault_spec *spec = &scenario->faults[index];
    const struct fault_fact *fault = &judgement->faults[index];
    if (fault->applied && fault->reverted) {
        if (fault->hits <= 0 && !spec->claims_hits)
            prove_hit(judgement, index);
        return;
    }
    judgement_error(judgement, "%s:%d: %s %s: the fault was never %s", scenario->path, spec->line,
        spec->kind->name, spec->argument,
        fault->applied ? "reverted, so nobody knows what it hit" : "applied");
}

// The round trips that the asked network allows for a handshake in which nothing was retransmitted: the
// jitter of both directions to either side, and a tolerance above. Packets that netem reorders overtake
// without any delay, so there is no lower bound then; behind a rate they queue for as long as it takes, so
// there is no upper one. Loss, corruption and duplicates change nothing: handshakes that they touch are
// retransmitted and not measured.
static struct range allowed_rtt(const struct network *network, enum lab_kind lab)
{
    struct range range = {
        .low = network->rtt_us - 2 * network->jitter_us - ROUNDING_US,
        .high = network->rtt_us + 2 * network->jitter_us +
                (lab == LAB_VIRTUAL ? VIRTUAL_TOLERANCE_US : REALTIME_TOLERANCE_US),
    };
    if (network->reorder_ppm > 0 || range.low < 0)
        range.low = 0;
    if (network->rate_bps > 0)
        range.high = INT64_MAX;
    return range;
}

static void prove_delay(struct judgement *judgement, const struct wire_counts *wire)
{
    const struct scenario *scenario = judgement->cell->scenario;
    struct range allowed = allowed_rtt(&scenario->network, judgement->cell->lab);
    if (wire->handshake_rtt_us < 0 || range_contains(allowed, wire->handshake_rtt_us))
        return;
    char measured[DURATION_TEXT_SIZE], expected[RANGE_TEXT_SIZE];
    judgement_error(judgement, "%s: the lab is out of tune: network: rtt: expected %s, actual %s",
        scenario->path, range_format(allowed, RANGE_DURATION, expected),
        duration_format(wire->handshake_rtt_us, measured));
}

void judgement_prove(struct judgement *judgement)
{
    const struct evidence *evidence = judgement->evidence;
    prove_trace(judgement);
    for (size_t i = 0; i < judgement->cell->scenario->faults_count; i++)
        prove_fault(judgement, i);
    if (evidence->wire)
        prove_delay(judgement, evidence->wire);
    else
        judgement_error(judgement, "%s", evidence->wire_missing);
    if (!evidence->server)
        judgement_error(judgement, "%s", evidence->server_missing);
}
