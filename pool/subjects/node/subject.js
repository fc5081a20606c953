// What the Node subjects share: the subject protocol (../README.md) on stdin and stdout.
'use strict'
const fs = require('fs')
const { Module } = require('module')
const readline = require('readline')

// Where the image has the pools. An adapter asks for its own after it has asked for this file.
const LIBRARIES = '/usr/lib/hangup/subjects/node/node_modules'
process.env.NODE_PATH = LIBRARIES
Module._initPaths()

// With the parameters of each.
const STATEMENTS = {
  insert: ['INSERT INTO blog_posts (key) VALUES ($1)', 'key'],
  read: ['SELECT count(*) FROM blog_posts'],
  wait: ['SELECT pg_sleep($1)', 'seconds'],
  transaction: ['INSERT INTO blog_posts (key) VALUES ($1)', 'key'],
  bulk: ['INSERT INTO blog_posts (key, title) VALUES ($1, $2)', 'key', 'title'],
  fetch: ["SELECT repeat('x', $1)", 'bytes']
}

class Operation {
  constructor (request) {
    if (!STATEMENTS[request.do]) throw new Error('unknown operation')
    const [text, ...names] = STATEMENTS[request.do]
    const values = { title: 'x'.repeat(request.bytes || 0), ...request }
    this.text = text
    this.values = names.map((name) => values[name])
    this.pauseMs = request.pause_ms
  }

  async pause () {
    if (this.pauseMs) await new Promise((resolve) => setTimeout(resolve, this.pauseMs))
  }
}

// libpq's keywords as node-postgres knows them; it has no tcp_user_timeout.
function settingsOf (conninfo) {
  const given = Object.fromEntries([...conninfo.matchAll(/(\w+)=('[^']*'|\S+)/g)].map((word) => [word[1], word[2].replace(/'/g, '')]))
  const settings = { host: given.host, port: Number(given.port), user: given.user, password: given.password, database: given.dbname }
  settings.ssl = { ca: fs.readFileSync(given.sslrootcert, 'utf8') } // verify-full
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

async function answer (pool, line) {
  const request = JSON.parse(line)
  try {
    say({ id: request.id, ok: true, backend: await pool.transact(new Operation(request)) })
  } catch (error) {
    say({ id: request.id, ...describe(error) })
  }
}

// A Pool has open(conninfo, size, strategy), which opens all its connections, transact(operation), which resolves to the
// server process's id, close(), and name, version, driver.
async function main (Pool) {
  console.log = console.info = console.error // a library that logs must not spoil the protocol
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const { conninfo, size, strategy, workers } = JSON.parse((await lines.next()).value).open
  const pool = new Pool()
  try {
    await pool.open(conninfo, size, strategy)
  } catch (error) {
    say(describe(error))
    process.exit(1)
  }
  say({ ready: true, name: pool.name, version: pool.version, driver: pool.driver })
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

module.exports = { main, settingsOf, versionOf }
