#!/bin/bash
# The pools that people run, each in a steady scenario and in an idle death that its class is about: only then it counts. Breaks
# with: an adapter that opens other connections than asked, that repeats or swallows an operation, or a class that promises
# what the pool does not keep. What the image has not is skipped, and counted (make peers).
#   PEERS=all   each setting below, and the price of each (make test-peers), not the first of each pool only
. "$(dirname "$0")/tap.sh"
steady=steady-as-hung-up calm=$scenarios/steady-as-hung-up.yaml ok=20
if [ "${PEERS:-}" = all ]; then
    steady=steady/price calm=$steady ok=100
fi

# peer SUBJECT DEATH EXPRESSION: the expression is about the death's cell; `m` is its metrics, `s` its error texts.
peer() {
    local subject=$1 death=$2 expression=$3
    run peer "$calm" "$death" --subject "$subject"
    if grep -Eq '^  -  *skip ' "$work/peer.out"; then
        report 0 "$subject # SKIP $(grep -m1 -o 'not in this image: .*' "$work/peer.out")"
    else
        exits 0 "$subject"
        hold peer <<LINES
$subject: every operation of $death has its one answer|metric('$subject', 'lost', '$death') == metric('$subject', 'duplicated', '$death') == 0
$subject: steady, no error|metric('$subject', 'errors', '$steady') == 0 and metric('$subject', 'ok', '$steady') == $ok
$subject: $death|(lambda m, s: $expression)(cell('$subject', '$death')['metrics'], ' '.join(texts('$subject', '$death')))
LINES
    fi
    rm -rf "$work/peer"
}

pool=
while IFS='|' read -r subject death expression; do
    # Settings of one pool stand together.
    [ "${PEERS:-}" = all ] || [ "${subject%:*}" != "$pool" ] || continue
    pool=${subject%:*}
    peer "$subject" "$death" "$expression"
done <<'TABLE'
sqlalchemy:optimistic|idle/hung-up|m['errors'] == 1 and m['connects'] == 4 and 'EOF detected' in s
sqlalchemy:recycle|idle/silent-240s|m['errors'] == 0 and m['slowest_ms'] < 200
sqlalchemy-async:none|idle/hung-up|m['errors'] == 1 and 'connection is closed' in s
sqlalchemy-async:pre-ping|idle/hung-up|m['errors'] == 0
asyncpg:default|idle/hung-up|m['errors'] == 0 and m['rst_to_app'] == 0
asyncpg:lifetime-0|idle/silence|m['errors'] == 1 and m['slowest_ms'] > 900e3
psycopg_pool:none|idle/hung-up|m['errors'] == 2 and 'EOF detected' in s
psycopg_pool:check|idle/hung-up|m['errors'] == 0
psycopg2_pool:none|idle/hung-up|m['errors'] == 2 and 'connection already closed' in s
django:persistent|idle/hung-up|m['errors'] == 2 and 'EOF detected' in s
django:health-checks|idle/hung-up|m['errors'] == 0
peewee:none|idle/hung-up|m['errors'] == 2 and 'EOF detected' in s
aiopg:default|idle/hung-up|m['errors'] == 0
node-postgres:default|idle/hung-up|m['errors'] == 0 and m['fin_to_db'] == 2 and m['connects'] == 3
node-postgres:idle-timeout-0|idle/silence|m['errors'] == 1 and m['slowest_ms'] > 900e3
knex:default|idle/hung-up|m['errors'] == 0
sequelize:min-max|idle/hung-up|m['errors'] == 0
postgres-js:default|idle/hung-up|m['errors'] == 0
hikaricp:default|idle/silence|m['errors'] == 1 and 29e3 < m['slowest_ms'] < 31e3 and 'not available' in s
hikaricp:with-socket-timeout|idle/hung-up|m['errors'] == 0 and m['pings'] >= 3
dbcp2:default|idle/silence|m['errors'] == 0 and m['slowest_ms'] > 900e3
dbcp2:no-test|idle/hung-up|m['errors'] == 2
tomcat-jdbc:default|idle/hung-up|m['errors'] >= 1
tomcat-jdbc:test-on-borrow|idle/hung-up|m['errors'] == 0
c3p0:default|idle/hung-up|m['errors'] == 1
c3p0:test-on-checkout|idle/hung-up|m['errors'] == 0
pgxpool:default|idle/hung-up|m['errors'] == 2 and 'unexpected EOF' in s
pgxpool5:default|idle/silence|m['errors'] == 0 and m['slowest_ms'] > 900e3
pgxpool5:ping-timeout|idle/hung-up|m['errors'] == 0
database-sql:default|idle/hung-up|m['errors'] == 0 and m['pings'] == 0
r2d2:default|idle/silence|m['errors'] == 0 and m['slowest_ms'] > 900e3
r2d2:tuned|idle/silence|m['errors'] == 1 and 9e3 < m['slowest_ms'] < 11e3 and 'timed out waiting for connection' in s
deadpool:default|idle/silence|m['errors'] == 1 and m['slowest_ms'] > 900e3 and 'connection closed' in s
deadpool:tuned|idle/hung-up|m['errors'] == 0 and m['pings'] >= 3
bb8:default|idle/silence|m['errors'] == 1 and 29e3 < m['slowest_ms'] < 31e3 and 'Timed out in bb8' in s
sqlx:default|idle/silence|m['errors'] == 1 and 29e3 < m['slowest_ms'] < 31e3 and 'pool timed out' in s
sqlx:tuned|idle/hung-up|m['errors'] == 0 and m['connects'] == 3
sequel:validator|idle/hung-up|m['errors'] == 2 and 'EOF detected' in s
sequel:validator-always|idle/hung-up|m['errors'] == 0
activerecord:default|idle/silence|m['errors'] == 1 and m['slowest_ms'] > 130e3
php-pdo:default|idle/hung-up|m['errors'] == 0 and m['pings'] == 0
dbix-connector:default|idle/hung-up|m['errors'] >= 2
dbix-connector:ping|idle/hung-up|m['errors'] == 0
dbix-connector:fixup|idle/hung-up|m['errors'] == 0
pgbouncer:session|idle/silence|m['errors'] == 1 and 119e3 < m['slowest_ms'] < 122e3
pgbouncer:transaction|idle/hung-up|m['errors'] == 0
pgpool:default|idle/silence|m['errors'] == 6 and 'all backend nodes are down' in s
pgpool:no-failover|idle/silence|m['errors'] == 1
TABLE

# Two workers and two operations at one moment. Breaks with: an adapter whose workers take each other's lines.
together=(activerecord:default hikaricp:default psycopg_pool:none node-postgres:default)
run together "$scenarios/two-at-once.yaml" "${together[@]/#/--subject=}"
if grep -Eq '^  -  *skip ' "$work/together.out"; then
    report 0 'two operations at one moment # SKIP the image has not all of these pools'
else
    for subject in "${together[@]}"; do
        holds "$subject: two operations at one moment are answered" together \
            "metric('$subject', 'ok', 'two-at-once') == metric('$subject', 'ops', 'two-at-once') == 12"
    done
fi

# A pooler in the path. Breaks with: a leg that is taken for the other, a pooler that does not pool.
run pooler query/pooler-on-a-silent-path connect/pooler-without-a-server --subject pqpool:none
if grep -Eq '^  -  *skip ' "$work/pooler.out"; then
    report 0 'a pooler in the path # SKIP the image has no PgBouncer'
else
    exits 0 'a pooler in the path'
    holds 'pqpool is told what the pooler says' pooler \
        "'server conn crashed?' in ' '.join(texts('pqpool:none', 'query/pooler-on-a-silent-path'))"
    holds 'a silence behind it swallows packets between pooler and server, and no other' pooler \
        "{frozenset((c[0].key[1][0], c[0].key[1][4])) for c in crossings(packets('pqpool:none', 'query/pooler-on-a-silent-path')) if is_lost(c) and 60 < c[0].at < 900} == {frozenset((198, 203))}"
    holds 'without that fault nothing is lost before the server ends' pooler \
        "not [c for c in crossings(packets('pqpool:none', 'connect/pooler-without-a-server')) if is_lost(c) and c[0].at < 10]"
    holds 'the application is connected to the pooler, and the pooler to the server' pooler \
        "{(p.key[1][0], p.key[1][4]) for p in packets('pqpool:none', 'connect/pooler-without-a-server') if p.flags == 2} == {(192, 203), (203, 198)}"
fi
finish
