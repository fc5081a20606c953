// What the Node subjects share: the subject protocol (../README.md) on stdin and stdout.
'use strict'
const fs = require('fs')
const { Module } = require('module')
const readline = require('readline')

// Where the image has the pools. An adapter asks for its own after it has asked for this file.
const LIBRARIES = '/usr/lib/hangup/subjects/node/node_modules'
process.env.NODE_PATH = LIBRARIES
Module._initPaths()

const INSERT = 'INSERT INTO blog_posts (key) VALUES ($1)'
// With the parameters of each.
const STATEMENTS = {
  insert: [INSERT, 'key'],
  read: ['SELECT count(*) FROM blog_posts'],
  wait: ['SELECT pg_sleep($1)', 'seconds'],
  transaction: [INSERT, 'key'],
  bulk: ['INSERT INTO blog_posts (key, title) VALUES ($1, $2)', 'key', 'title'],
  fetch: ["SELECT repeat('x', $1)", 'bytes'],
  lock: ['LOCK TABLE blog_posts IN EXCLUSIVE MODE'],
  notify: [`WITH row AS (${INSERT} RETURNING key) SELECT pg_notify('hangup', key) FROM row`, 'key']
}
// The words beyond the first ones that every adapter here knows. A Pool's `speaks` has what it knows besides.
const SPEAKS = ['lock', 'notify', 'once', 'sslmode', 'then']
const ONCE = ' ON CONFLICT (key) DO NOTHING' // the idempotency key is the row's own

class Operation {
  constructor (request) {
    if (!STATEMENTS[request.do]) throw new Error('unknown operation')
    const [text, ...names] = STATEMENTS[request.do]
    const values = { title: 'x'.repeat(request.bytes || 0), ...request }
    this.suffix = request.once ? ONCE : ''
    this.text = text + this.suffix
    this.values = names.map((name) => values[name])
    this.pauseMs = request.pause_ms
    this.then = request.then || []
    this.withinMs = request.within_ms // undefined: there is no deadline
  }

  // The statement, the pause, and what comes behind it: query(text, values) for each. Resolves to the first one's result.
  async run (query) {
    const result = await query(this.text, this.values)
    if (this.pauseMs) await new Promise((resolve) => setTimeout(resolve, this.pauseMs))
    for (const key of this.then) await query(INSERT + this.suffix, [key])
    return result
  }
}

class Unsupported extends Error {}

// What pg's documentation offers against dead connections, for the strategy `tuned`.
const TUNED_PG = { connectionTimeoutMillis: 5000, query_timeout: 30000, keepAlive: true, keepAliveInitialDelayMillis: 30000 }

// libpq's keywords as node-postgres knows them; it has no tcp_user_timeout.
function settingsOf (conninfo) {
  const given = Object.fromEntries([...conninfo.matchAll(/(\w+)=('[^']*'|\S+)/g)].map((word) => [word[1], word[2].replace(/'/g, '')]))
  const settings = { host: given.host, port: Number(given.port), user: given.user, password: given.password, database: given.dbname }
  const modes = {
    disable: () => false,
    require: () => ({ rejectUnauthorized: false }),
    'verify-ca': (ca) => ({ ca, checkServerIdentity: () => undefined }),
    'verify-full': (ca) => ({ ca })
  }
  if (!modes[given.sslmode]) throw new Unsupported(`sslmode=${given.sslmode}: Node's drivers know yes or no`)
  settings.ssl = modes[given.sslmode](fs.readFileSync(given.sslrootcert, 'utf8'))
  if (given.connect_timeout) settings.connectionTimeoutMillis = given.connect_timeout * 1000
  if (given.keepalives_idle) Object.assign(settings, { keepAlive: true, keepAliveInitialDelayMillis: given.keepalives_idle * 1000 })
  return settings
}

function versionOf (name) {
  return JSON.parse(fs.readFileSync(`${LIBRARIES}/${name}/package.json`, 'utf8')).version
}

function say (message) {
  process.stdout.write(JSON.stringify(message) + '\n')
}

// A server's error has a severity; Node's own have codes like EPIPE, which are no SQLSTATE.
function describe (error) {
  const cause = error.original || error // Sequelize wraps the driver's error, whose text it repeats
  const text = Buffer.from(String(error.message)).toString().replace(/\0/g, '?').trimEnd()
  return { error: text, kind: error.constructor.name, sqlstate: cause.severity ? cause.code : null }
}

async function perform (pool, request) {
  if (request.do === 'connect') return { backend: await pool.connect() }
  if (request.do === 'listen') return { heard: await pool.listen(request.seconds * 1000) }
  return { backend: await pool.transact(new Operation(request)) }
}

async function answer (pool, line) {
  const request = JSON.parse(line)
  try {
    say({ id: request.id, ok: true, ...await perform(pool, request) })
  } catch (error) {
    say({ id: request.id, ...describe(error) })
  }
}

// A Pool has open(conninfo, size, strategy), which opens all its connections, transact(operation), which resolves to the
// server process's id, close(), and name, version, driver. `speaks`: 'connect' where it has connect(), 'listen' where it has
// listen(ms), which resolves to what it has heard, 'within' where it obeys operation.withinMs.
async function main (Pool) {
  console.log = console.info = console.error // a library that logs must not spoil the protocol
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const { conninfo, size, strategy, workers } = JSON.parse((await lines.next()).value).open
  const pool = new Pool()
  try {
    await pool.open(conninfo, size, strategy)
  } catch (error) {
    say(error instanceof Unsupported ? { unsupported: error.message } : describe(error))
    process.exit(1)
  }
  say({ ready: true, name: pool.name, version: pool.version, driver: pool.driver, speaks: [...SPEAKS, ...(pool.speaks || [])] })
  const running = new Set()
  for await (const line of lines) {
    if (running.size >= workers) await Promise.race(running)
    const task = answer(pool, line).finally(() => running.delete(task))
    running.add(task)
  }
  await Promise.all(running)
  // Over a dead path some wait for ever for an answer to their goodbye.
  await Promise.race([pool.close(), new Promise((resolve) => setTimeout(resolve, 10000))])
  process.exit(0)
}

module.exports = { describe, main, say, settingsOf, versionOf, TUNED_PG }
