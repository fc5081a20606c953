// The adapter of mypool: speaks hangup's subject protocol (pool/subjects/README.md) on stdin and stdout.
'use strict'
const fs = require('fs')
const readline = require('readline')
const pg = require('pg') // npm install pg, here or in a folder above

// YOUR POOL GOES HERE. What stands here is none: clients in a list, and a new one for each that broke.
class Pool {
  name = 'mypool'
  version = '0'
  driver = `pg ${require('pg/package.json').version}, Node ${process.version}`

  // Opens all `size` connections. `strategy` is one of those that mypool.yaml names.
  async open (settings, size, strategy) {
    this.settings = settings
    this.idle = await Promise.all(Array.from({ length: size }, () => this.connect()))
  }

  async connect () {
    const client = new pg.Client(this.settings)
    client.on('error', () => { client.broken = true }) // without a listener it ends the process
    await client.connect()
    return client
  }

  // One transaction on a connection of the pool. Gives the server process's id. An error is thrown, never repaired.
  async transact (text, values, pause) {
    let client = this.idle.shift()
    try {
      client = client && !client.broken ? client : await this.connect()
      await client.query('BEGIN')
      await client.query(text, values)
      await pause()
      await client.query('COMMIT')
      return client.processID
    } catch (error) {
      if (client) client.end().catch(() => {})
      client = null
      throw error
    } finally {
      this.idle.push(client)
    }
  }

  async close () {
    await Promise.all(this.idle.map((client) => client && !client.broken && client.end()))
  }
}

// --- The protocol, the same for every pool. ---

const STATEMENTS = {
  insert: ['INSERT INTO blog_posts (key) VALUES ($1)', 'key'],
  read: ['SELECT count(*) FROM blog_posts'],
  wait: ['SELECT pg_sleep($1)', 'seconds'],
  transaction: ['INSERT INTO blog_posts (key) VALUES ($1)', 'key'],
  bulk: ['INSERT INTO blog_posts (key, title) VALUES ($1, $2)', 'key', 'title'],
  fetch: ["SELECT repeat('x', $1)", 'bytes']
}

// libpq's keywords and values as pg names them.
function settingsOf (conninfo) {
  const words = [...conninfo.matchAll(/(\w+)=('[^']*'|\S+)/g)].map((word) => [word[1], word[2].replace(/'/g, '')])
  const { host, port, user, password, dbname, sslrootcert } = Object.fromEntries(words)
  return { host, port: Number(port), user, password, database: dbname, ssl: { ca: fs.readFileSync(sslrootcert, 'utf8') } }
}

function say (message) {
  process.stdout.write(JSON.stringify(message) + '\n')
}

function describe (error) {
  return { error: String(error.message).trimEnd(), kind: error.constructor.name, sqlstate: error.severity ? error.code : null }
}

async function answer (pool, request) {
  try {
    if (!STATEMENTS[request.do]) throw new Error('unknown operation')
    const [text, ...names] = STATEMENTS[request.do]
    const given = { title: 'x'.repeat(request.bytes || 0), ...request }
    const pause = () => request.pause_ms && new Promise((resolve) => setTimeout(resolve, request.pause_ms))
    const backend = await pool.transact(text, names.map((name) => given[name]), pause)
    say({ id: request.id, ok: true, backend })
  } catch (error) {
    say({ id: request.id, ...describe(error) })
  }
}

async function main () {
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const settings = JSON.parse((await lines.next()).value).open
  const pool = new Pool()
  try {
    await pool.open(settingsOf(settings.conninfo), settings.size, settings.strategy)
  } catch (error) {
    say(describe(error))
    process.exit(1)
  }
  say({ ready: true, name: pool.name, version: pool.version, driver: pool.driver })
  // So many loops take operations from one input, each the next when it is done with its last.
  await Promise.all(Array.from({ length: settings.workers }, async () => {
    for await (const line of { [Symbol.asyncIterator]: () => ({ next: () => lines.next() }) }) await answer(pool, JSON.parse(line))
  }))
  await pool.close()
}

main()
