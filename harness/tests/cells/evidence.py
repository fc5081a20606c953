"""Evaluates an expression about a run: evidence.py RUN-FOLDER EXPRESSION. Exit status 1, and what was seen, when it is false.

Without EXPRESSION it reads lines of NAME|EXPRESSION and prints a line of TAP for each, without a number.

An expression can name `run` (run.json), `cell(subject)`, its `metric(subject, name)`, `reasons(subject)`, `texts(subject)`,
`events(subject)`, and the packets of its capture: see `Packet` and the functions below it. `scenario=` tells cells of
several scenarios apart.
"""
import collections
import functools
import json
import math
import struct
import sys
from pathlib import Path

folder = Path(sys.argv[1])
run = json.loads((folder / "run.json").read_text())

# --- run.json and events.jsonl


def cell(subject, scenario=None):
    found = [c for c in run["cells"] if c["subject"] == subject and scenario in (None, c["scenario"])]
    assert len(found) == 1, f"{len(found)} cells of {subject}, {scenario}"
    return found[0]


def metric(subject, name, scenario=None):
    return cell(subject, scenario)["metrics"][name]


def reasons(subject, scenario=None):
    return "\n".join(cell(subject, scenario)["reasons"])


def texts(subject, scenario=None):
    return [error["text"] for error in cell(subject, scenario)["errors"]]


def verdicts():
    return collections.Counter(c["verdict"] for c in run["cells"])


@functools.cache
def events(subject, scenario=None):
    lines = (folder / cell(subject, scenario)["dir"] / "events.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


# --- capture.pcap. Times are seconds since the scenario's zero. `bytes` is what netem counts: with a link's header.

ETHERNET_BYTES, OUTGOING, FIN, SYN, RST, ACK = 14, 4, 1, 2, 4, 16
Packet = collections.namedtuple("Packet", "at leaving to_db flags seq ack payload bytes key")


def parse(at, data):
    protocol, = struct.unpack_from("!H", data)
    if protocol != 0x0800 or data[29] != 6:
        return None
    ip = data[20:]
    start, total = 4 * (ip[0] & 15), struct.unpack_from("!H", ip, 2)[0]
    if start + 14 > len(ip):  # a corrupted header: no router lets it through
        return None
    source, destination, seq, ack, offset, flags = struct.unpack_from("!HHIIBB", ip, start)
    payload = ip[start + 4 * (offset >> 4):total]
    # The IP identification tells a retransmission from a copy; a router changes neither it nor what TCP says.
    key = (ip[4:6], ip[12:20], source, destination, seq, ack, flags, payload)
    return Packet(at, data[10] == OUTGOING, destination == 5432, flags, seq, ack, len(payload), total + ETHERNET_BYTES, key)


@functools.cache
def frames(subject, scenario=None):
    data = (folder / cell(subject, scenario)["dir"] / "capture.pcap").read_bytes()
    zero = next(e["zero_realtime_us"] for e in events(subject, scenario) if e["event"] == "lab") / 1e6
    magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", data)
    assert magic == 0xA1B23C4D and link == 276, "not a nanosecond capture of LINKTYPE_LINUX_SLL2"
    at, found = 24, []
    while at < len(data):
        seconds, nanoseconds, length, _ = struct.unpack_from("<IIII", data, at)
        found.append((seconds - zero + nanoseconds / 1e9, data[at + 16:at + 16 + length]))
        at += 16 + length
    return found


@functools.cache
def packets(subject, scenario=None):
    return [packet for packet in (parse(*frame) for frame in frames(subject, scenario)) if packet]


# Each packet that entered the router, with the times at which it left it: none was dropped, two were duplicated.
def crossings(all_packets):
    crossed = {}
    for packet in all_packets:
        if packet.leaving:
            waiting = [c for c in crossed.get(packet.key, []) if not c[1]] or crossed.get(packet.key, [])
            if waiting:  # a forged RST never entered
                waiting[0][1].append(packet.at)
        else:
            crossed.setdefault(packet.key, []).append((packet, []))
    return [c for same in crossed.values() for c in same]


def delays(subject, scenario=None):
    return [left[0] - packet.at for packet, left in crossings(packets(subject, scenario)) if left]


# From a client's SYN at the router to its ACK of the answer: a whole round trip, half of it on each side.
def handshakes(subject, scenario=None):
    entered = [p for p in packets(subject, scenario) if not p.leaving]
    syns = {p.key[1:3]: p for p in entered if p.to_db and p.flags == SYN}
    acks = {}
    for p in entered:
        if p.to_db and p.flags == ACK and p.key[1:3] in syns:
            acks.setdefault(p.key[1:3], p.at)
    return [acks[key] - syn.at for key, syn in syns.items() if key in acks]


def entered(subject, scenario, to_db, since, until):
    return [p for p in packets(subject, scenario) if not p.leaving and p.to_db == to_db and since <= p.at < until]


# What host db said in that time, connection by connection: the lengths of its TLS records, S for SYN, F for FIN, R for RST.
# Bare acknowledgements say nothing. An answer to SSLRequest is one byte, 1 here.
def said(subject, scenario, since, until):
    connections = {}
    for p in entered(subject, scenario, False, since, until):
        payload = p.key[-1]
        words = ["S"] if p.flags & SYN else []
        while len(payload) >= 5:
            length, = struct.unpack_from("!H", payload, 3)
            words, payload = words + [length], payload[5 + length:]
        words += [len(payload)] if payload else []
        words += [letter for bit, letter in ((1, "F"), (4, "R")) if p.flags & bit]
        if words:
            connections.setdefault(p.key[3], []).extend(words)
    return list(connections.values())


# A count out of `of` trials that chance of `probability` explains: within four standard deviations.
def plausible(count, of, probability, least=500):
    return of > least and abs(count - of * probability) <= 4 * math.sqrt(of * probability * (1 - probability))


# Of all packets, or of those until the harness began to clean up, which are the ones that the verdict counts.
def dropped(subject, scenario=None, until_clean_up=False):
    end = next(e["at_us"] for e in events(subject, scenario) if e["event"] == "clean-up") / 1e6
    crossed = [c for c in crossings(packets(subject, scenario)) if c[0].at <= end or not until_clean_up]
    return sum(not left for _, left in crossed), len(crossed)


def duplicated(subject, scenario=None):
    crossed = crossings(packets(subject, scenario))
    return sum(len(left) > 1 for _, left in crossed), len(crossed)


# Bits per second of the packets to the database that had to queue behind another one.
def queued_rate(subject, half_rtt_s, scenario=None):
    before, bits, seconds = -math.inf, 0, 0
    for packet, left in sorted(crossings([p for p in packets(subject, scenario) if p.to_db]), key=lambda c: c[1]):
        if packet.at + half_rtt_s <= before:
            bits += 8 * packet.bytes
            seconds += left[0] - before
        before = left[0]
    assert bits > 8 * 5000, f"only {bits} bits had to queue"
    return bits / seconds


# Packets of one direction that entered while a fault was in place and never left, and what the filter counted.
def swallowed(subject, fault, to_db, scenario=None):
    at = {(e["event"], e.get("fault")): e for e in events(subject, scenario)}
    first, last = at["fault-applied", fault]["at_us"] / 1e6, at["fault-reverted", fault]["at_us"] / 1e6
    inside = [left for packet, left in crossings(packets(subject, scenario))
              if packet.to_db == to_db and first <= packet.at <= last]
    return sum(not left for left in inside), len(inside), at["fault-reverted", fault]["hits"]


# The packets of one direction, with the times at which they left the router: those of a fault's time, or without one those
# that no fault was in place for, all with a second's distance to its ends.
@functools.cache
def travelled(subject, to_db, fault=None, scenario=None):
    at = {(e["event"], e.get("fault")): e["at_us"] / 1e6 for e in events(subject, scenario)}
    times = [(at["fault-applied", i], at["fault-reverted", i])
             for i in range(100) if ("fault-applied", i) in at and fault in (None, i)]
    ours = [c for c in crossings(packets(subject, scenario)) if c[0].to_db == to_db and c[0].at > 1]
    if fault is None:
        return [c for c in ours if not any(first - 1 < c[0].at < last + 1 for first, last in times)]
    return [c for c in ours if times[0][0] + 1 < c[0].at < times[0][1] - 1]


def delays_of(crossed):
    return [left[0] - packet.at for packet, left in crossed if left]


# Both ends of `times` are thousandths of a second.
def between(lowest_ms, times, highest_ms):
    return len(times) > 20 and lowest_ms / 1e3 <= min(times) and max(times) <= highest_ms / 1e3


# Those that took so many seconds more than the path's own five milliseconds.
def slow(crossed, seconds):
    return [c for c in crossed if c[1] and abs(c[1][0] - c[0].at - 0.005 - seconds) < 0.0005]


def share(crossed, what):
    assert len(crossed) > 300, f"only {len(crossed)} packets"
    return sum(map(what, crossed)) / len(crossed)


def is_lost(crossing):
    return not crossing[1]


def is_doubled(crossing):
    return len(crossing[1]) > 1


# How many packets in a row are lost, burst by burst.
def bursts(crossed):
    marks = "".join("x" if is_lost(c) else "." for c in sorted(crossed, key=lambda c: c[0].at))
    return [len(run) for run in marks.split(".") if run]


# Whether losses are what netem's two dice make of them (loss_gilb_ell in the kernel's sch_netem.c), p = start and r = end. The
# packet at which a burst starts still passes, and the one at which it ends is still lost; which flow a packet is of, and whether
# it is sent again, does not matter. So each packet that passes starts a burst with chance p, each lost one ends it with chance
# r, and the n-th of a burst is as likely its last as the first is.
def in_bursts(crossed, start, end):
    lengths = bursts(crossed)
    lost, longer = sum(lengths), [length for length in lengths if length > 1]
    return (plausible(len(lengths), len(crossed) - lost, start) and plausible(len(lengths), lost, end)
            and plausible(lengths.count(1), len(lengths), end, 200) and plausible(longer.count(2), len(longer), end, 100))


# While a flapping path was down, or up, with a tenth of a second's distance to its turns.
def flapped(subject, state, to_db, scenario=None):
    turns = [(e["at_us"] / 1e6, e["state"]) for e in events(subject, scenario) if e["event"] == "path"]
    spans = [(a[0] + 0.1, b[0] - 0.1) for a, b in zip(turns, turns[1:]) if a[1] == state]
    return [c for c in crossings(packets(subject, scenario))
            if c[0].to_db == to_db and any(a < c[0].at < b for a, b in spans)]


# ICMP errors that the router sent: (time, to the database?, type, code).
def icmp(subject, scenario=None):
    return [(at, data[20 + 16:20 + 20] == bytes((198, 51, 100, 2)), data[40], data[41])
            for at, data in frames(subject, scenario) if data[29] == 1 and data[10] == OUTGOING]


# --- forged packets, new connections, and what a server is made to say


def port(packet):
    return packet.key[2] if packet.to_db else packet.key[3]


def named(subject, event, scenario, **members):
    return [e for e in events(subject, scenario)
            if e["event"] == event and all(e.get(key) == value for key, value in members.items())]


# Those that left the router and never entered it.
def forged(subject, scenario, flag, to_db):
    seen = packets(subject, scenario)
    entered = {p.key for p in seen if not p.leaving}
    return [p for p in seen if p.leaving and p.to_db == to_db and p.flags & flag and p.key not in entered]


# It carries the number that its receiver expects: the end of what left for it before.
def forged_is_exact(subject, scenario, flag, to_db):
    for packet in (found := forged(subject, scenario, flag, to_db)):
        before = [p for p in packets(subject, scenario) if p.leaving and p.to_db == to_db and p.at <= packet.at
                  and port(p) == port(packet) and p.key != packet.key]
        ends = [(p.seq + p.payload + bool(p.flags & (SYN | FIN))) % 2**32 for p in before if not p.flags & RST]
        if packet.seq != max(ends, key=lambda end: (end - ends[0] + 2**31) % 2**32):
            return False
    return bool(found)


# Its kernel knows the connection no more, and answers what is still under way for it.
def only_resets_after_forged(subject, scenario, flag):
    return all(p.flags & RST for packet in forged(subject, scenario, flag, False) for p in packets(subject, scenario)
               if p.to_db and not p.leaving and p.at > packet.at + 1e-5 and port(p) == port(packet))


def acknowledged_fins(subject, scenario):
    fins = {(port(p), (p.seq + 1) % 2**32) for p in forged(subject, scenario, FIN, False)}
    return len(fins & {(port(p), p.ack) for p in packets(subject, scenario) if p.to_db})


# How many packets with data had entered on the connection (since then) when the event happened to it; one count an event.
def data_packets_before(subject, scenario, event, since_s=0, **members):
    return [sum(p.payload > 0 and not p.leaving and port(p) == e["port"] and since_s < p.at <= e["at_us"] / 1e6 + 1e-6
                for p in packets(subject, scenario)) for e in named(subject, event, scenario, **members)]


def half_closed_takes_data(subject, scenario):
    seen = [p for p in packets(subject, scenario) if p.at > 60]
    fins = {port(p): p.at for p in seen if not p.to_db and p.flags & FIN}
    later = [p for p in seen if p.to_db and p.leaving and p.payload and p.at > fins.get(port(p), math.inf)]
    return any(not q.to_db and port(q) == port(p) and (q.ack - p.seq) % 2**32 >= p.payload and not q.flags & RST
               for p in later[:1] for q in seen)


def syns(subject, scenario, first_s, last_s):
    return [p for p in packets(subject, scenario) if p.flags == SYN and not p.leaving and first_s < p.at < last_s]


def syn_delays(subject, scenario, first_s, last_s):
    return [left[0] - p.at for p, left in crossings(packets(subject, scenario))
            if p.flags == SYN and left and first_s < p.at < last_s]


def answered_by_closed_port(subject, scenario, syn):
    return any(p.leaving and not p.to_db and port(p) == port(syn) and p.flags == RST | ACK and p.seq == 0
               and p.ack == (syn.seq + 1) % 2**32 for p in packets(subject, scenario))


def first_bytes(subject, scenario, since_s):
    return next(p.key[7] for p in packets(subject, scenario) if not p.to_db and p.payload and p.at >= since_s)


def flags_to_app(subject, scenario, first_s, last_s):
    flags = 0
    for packet in packets(subject, scenario):
        if not packet.to_db and first_s <= packet.at <= last_s:
            flags |= packet.flags
    return flags


# For what is not so: what has no value is not true.
def true(expression):
    try:
        return bool(expression())
    except Exception:
        return False


def holds(expression):
    return eval(expression.strip(), globals())


def what_was_seen():
    for c in run["cells"]:
        print(c["scenario"], c["subject"], c["verdict"], *c["reasons"], json.dumps(c["metrics"]), sep="\n    ")


# One that cannot be evaluated is false, and the others go on.
def each(lines):
    for line in lines:
        name, expression = line.rstrip("\n").split("|", 1)
        try:
            print(f"ok - {name}" if holds(expression) else f"not ok - {name}\n# false: {expression}")
        except Exception as error:
            print(f"not ok - {name}\n# {type(error).__name__}: {error}: {expression}")


def main():
    if len(sys.argv) == 2:
        each(sys.stdin)
    elif not holds(sys.argv[2]):
        print("false:", sys.argv[2])
        what_was_seen()
        sys.exit(1)


main()
