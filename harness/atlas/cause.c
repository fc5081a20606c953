// From the packets to the cause of what the client said; and each cause in plain words.
#include "atlas/atlas.h"

#include <string.h>

// What came longer ago than this before the client spoke lay in its kernel, unread.
#define UNREAD_US (100 * 1000)
// An RST this soon after the client sent something may be the answer to it: two round trips.
#define ANSWER_US (20 * 1000)
// What the client has just read made it speak.
#define JUST_US (50 * 1000)
// Linux gives up on a SYN after 67 s or more, and on data after 15 repetitions and 900 s or more: who gives
// up earlier, and was not told so at once, has a clock of its own.
#define SYN_PATIENCE_US  (INT64_C(60) * 1000 * 1000)
#define DATA_PATIENCE_US (INT64_C(900) * 1000 * 1000)
#define AT_ONCE_US       (1000 * 1000)
#define REPETITIONS      15

const struct atlas_cause_words atlas_causes[CAUSES] = {
    [CAUSE_UNHARMED] = {"unharmed", "nothing happened to it", "The operation ended well.", "Nobody had to.",
        "-"},
    [CAUSE_FIN_UNREAD] = {"fin-unread", "FIN, read too late",
        "A FIN came from the server's side while the client was not looking, and before it no goodbye: a process died, or a proxy or middlebox closed.",
        "The client's kernel at once; the application only at its next use of the connection.",
        "A look at the socket before use: it is readable, and what it reads is the end. A ping at checkout finds it, and so does an event loop that watches its idle sockets."},
    [CAUSE_FIN_READ] = {"fin-read", "FIN, under way",
        "A FIN came from the server's side while the client was at work, and before it no goodbye: a process died, or a proxy or middlebox closed.",
        "The client, at once.",
        "Nothing on the wire: the FIN is the first sign. The reason stands in the server's log, or in the proxy's."},
    [CAUSE_GOODBYE_UNREAD] = {"goodbye-unread", "goodbye, read too late",
        "The server took its leave (an error message or TLS's close_notify, then FIN) while the client was not looking.",
        "The client's kernel at once; the application only at its next use of the connection.",
        "A look at the socket before use: it is readable. A ping at checkout finds it. The server's own words are there to be read, where the client library reads them before it writes."},
    [CAUSE_GOODBYE_READ] = {"goodbye-read", "goodbye, under way",
        "The server told the client that it ends (an error message or close_notify), and closed.",
        "The client, at once.",
        "Nothing: this is how it should be. The message or the server's log says why."},
    [CAUSE_RST_UNREAD] = {"rst-unread", "RST, read too late",
        "An RST reached the client while it was not looking: a middlebox or the server's host threw the connection away.",
        "The client's kernel at once; the application at its next use. A send that meets the RST eats the error number, so that the read after it may tell of an end of file instead.",
        "A look at the socket before use: it is readable, and has an error. A ping at checkout finds it."},
    [CAUSE_RST_READ] = {"rst-read", "RST, under way",
        "An RST reached the client while it waited for the server.", "The client, at once.",
        "Nothing on the wire: the RST is the first sign. Who sent it shows a capture on both sides of the path."},
    [CAUSE_RST_ANSWER] = {"rst-answer", "RST right after sending",
        "The client sent something (data, data again, or a keepalive probe), and an RST came right after it: the server's host, or somebody between, does not know the connection any more.",
        "The client, one round trip after it had sent.",
        "Any packet would have met the same RST: keepalives shorter than whatever forgot the connection, or a ping at checkout."},
    [CAUSE_UNACKNOWLEDGED] = {"unacknowledged", "sent, never acknowledged",
        "The client sent, and nobody acknowledged it. Its kernel sent it again and again, ever more rarely.",
        "The client's kernel, when it gave up (Linux: after 15 repetitions, about 970 s). Where a send meets the error first, the text may tell of an end of file.",
        "tcp_user_timeout on the client's socket, or a deadline around the statement. Keepalives do not help: they rest while data is under way."},
    [CAUSE_KEEPALIVE] = {"keepalive", "waiting, keepalive unanswered",
        "The client waited for an answer and had nothing to send. After two idle hours its kernel probed the peer, and no probe was answered.",
        "The client's kernel, after 2 h and 9 probes of 75 s (the defaults).",
        "Shorter keepalives (keepalives_idle, keepalives_interval, keepalives_count), or a deadline around the statement."},
    [CAUSE_SYN_LOST] = {"syn-lost", "SYN unanswered",
        "The client's SYN was sent again and again, and nobody answered.",
        "The client's kernel, when it gave up (Linux: about 130 s).", "connect_timeout."},
    [CAUSE_REFUSED] = {"refused", "SYN answered by RST",
        "The client's SYN was answered by an RST: nobody listens there, or somebody between refuses.",
        "The client, after one round trip.", "Nothing: that is quick already."},
    [CAUSE_UNREACHABLE] = {"unreachable", "ICMP unreachable",
        "A router answered with ICMP that the server cannot be reached. To an open connection that is only a hint: TCP goes on repeating, and names it when it gives up.",
        "The client's kernel: at once while it connects, at TCP's own limit on an open connection.",
        "tcp_user_timeout on the client's socket, or a deadline around the statement."},
    [CAUSE_OWN_DEADLINE] = {"own-deadline", "the client's own deadline",
        "No packet told the client anything: nothing came any more.",
        "The client library's own clock (connect_timeout, or asyncpg's 60 s to connect).",
        "A shorter deadline."},
    [CAUSE_SERVER_SAID] = {"server-said", "the server's own words",
        "The server answered with an error, on a connection that works.", "The client, at once.",
        "Nothing: this is how it should be."},
    [CAUSE_GARBLED] = {"garbled", "bytes that make no sense",
        "What reached the client was not what the server had sent, or not all of it: the client could not read it.",
        "The client's TLS or protocol code, when it read the bytes.", "Nothing: TLS is what shows it."},
    [CAUSE_UNTRUSTED] = {"untrusted", "a certificate that the client refused",
        "The handshake went well, and the client ended it: the server's certificate has expired, or is another host's, or nobody it trusts has signed it.",
        "The client's TLS code, while connecting.",
        "A look at the certificate's dates before they are over."},
    [CAUSE_NO_PACKET] = {"no-packet", "nothing on the wire",
        "No packet of this connection explains it: the client said so by itself.", "The client.",
        "The client's own state, asked before use."},
    [CAUSE_NOT_TOLD] = {"not-told", "never told", "Nothing reached the client that it would have noticed.",
        "Nobody, as long as anybody waited.",
        "A deadline around the statement: nothing on the wire can replace it."},
};

static bool is_own_deadline(const struct atlas_row *row)
{
    const struct atlas_evidence *evidence = &row->evidence;
    if (row->text == NULL || row->text[0] == '\0' || strstr(row->text, "timeout expired") != NULL)
        return true;
    if (!evidence->established)
        return row->took_us > AT_ONCE_US && row->took_us < SYN_PATIENCE_US;
    return evidence->retransmissions > 0 && evidence->retransmissions < REPETITIONS &&
           evidence->heard_us < DATA_PATIENCE_US && evidence->heard_data_us > AT_ONCE_US;
}

// TLS says "SSL error" and "[SSL: ...]" of bytes that it could read and not take. Of a connection that ended
// it says "SSL SYSCALL error".
static bool blames_bytes(const struct atlas_row *row)
{
    static const char *const words[] = {"SSL error: ", "[SSL: ", "wrong version number"};
    for (size_t i = 0; row->text != NULL && i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(row->text, words[i]) != NULL)
            return true;
    return false;
}

static bool blames_certificate(const struct atlas_row *row)
{
    return row->text != NULL && strstr(row->text, "certificate") != NULL;
}

static enum atlas_cause cause_of_rst(const struct atlas_evidence *evidence)
{
    if (!evidence->established)
        return CAUSE_REFUSED;
    if (evidence->rst_us > UNREAD_US)
        return CAUSE_RST_UNREAD;
    int64_t after_asking_us = evidence->asked_us - evidence->rst_us;
    return evidence->asked_us != ATLAS_NEVER && after_asking_us >= 0 && after_asking_us <= ANSWER_US
               ? CAUSE_RST_ANSWER
               : CAUSE_RST_READ;
}

// Who quotes the server has read its goodbye, wherever in the packets it stood.
bool atlas_quotes_server(const struct atlas_row *row)
{
    static const char *const words[] = {"FATAL:", "terminating connection due to"};
    for (size_t i = 0; row->text != NULL && i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(row->text, words[i]) != NULL)
            return true;
    // Class 08 is the client's own.
    return row->sqlstate != NULL && strncmp(row->sqlstate, "08", 2) != 0;
}

static enum atlas_cause cause_of_fin(const struct atlas_row *row)
{
    bool unread = row->evidence.fin_us > UNREAD_US;
    if (row->evidence.goodbye || atlas_quotes_server(row))
        return unread ? CAUSE_GOODBYE_UNREAD : CAUSE_GOODBYE_READ;
    return unread ? CAUSE_FIN_UNREAD : CAUSE_FIN_READ;
}

// No FIN and no RST reached the client.
static enum atlas_cause cause_of_silence(const struct atlas_row *row)
{
    const struct atlas_evidence *evidence = &row->evidence;
    if (evidence->icmp_us != ATLAS_NEVER)
        return CAUSE_UNREACHABLE;
    if (is_own_deadline(row))
        return CAUSE_OWN_DEADLINE;
    if (!evidence->established)
        return CAUSE_SYN_LOST;
    if (evidence->heard_data_us != ATLAS_NEVER && evidence->heard_data_us <= JUST_US)
        return row->sqlstate != NULL || evidence->goodbye ? CAUSE_SERVER_SAID : CAUSE_GARBLED;
    if (evidence->unacknowledged > 0 && evidence->retransmissions > 0)
        return CAUSE_UNACKNOWLEDGED;
    return evidence->keepalives > 0 ? CAUSE_KEEPALIVE : CAUSE_NO_PACKET;
}

// It was told when the connection failed, and has asked nobody since.
static bool knew_before(const struct atlas_row *row)
{
    return row->phase == ATLAS_AGAIN && row->took_us < JUST_US &&
           (row->evidence.asked_us == ATLAS_NEVER || row->evidence.asked_us > row->took_us);
}

enum atlas_cause atlas_cause_of(const struct atlas_row *row)
{
    const struct atlas_evidence *evidence = &row->evidence;
    if (row->outcome == ATLAS_OK)
        return CAUSE_UNHARMED;
    if (row->outcome != ATLAS_ERROR)
        return CAUSE_NOT_TOLD;
    if (evidence->syns == 0 || knew_before(row))
        return CAUSE_NO_PACKET;
    if (blames_certificate(row))
        return CAUSE_UNTRUSTED;
    if (blames_bytes(row))
        return CAUSE_GARBLED;
    // The first of them decides: larger is earlier, and ATLAS_NEVER is less than any.
    if (evidence->rst_us > evidence->fin_us)
        return cause_of_rst(evidence);
    return evidence->fin_us != ATLAS_NEVER ? cause_of_fin(row) : cause_of_silence(row);
}
