// What the Node probes share: an adapter without a pool. Each operation has a connection of its own, and those that come when
// each has had its turn have the last.
'use strict'
const readline = require('readline')
const { describe, say, settingsOf, versionOf } = require('../subjects/node/subject')

// With the parameters of each.
const STATEMENTS = {
  read: ['SELECT count(*) FROM blog_posts'],
  wait: ['SELECT pg_sleep($1)', 'seconds'],
  transaction: ['INSERT INTO blog_posts (key) VALUES ($1)', 'key'],
  bulk: ['INSERT INTO blog_posts (key, title) VALUES ($1, $2)', 'key', 'title'],
  connect: ['SELECT 1']
}

async function answer (client, settings, taken, operation) {
  let end
  const before = taken.busy
  taken.busy = new Promise((resolve) => { end = resolve })
  await before
  try {
    const connection = taken.connection || await client.connect(settings)
    const [text, ...names] = STATEMENTS[operation.do]
    const values = { title: 'x'.repeat(operation.bytes || 0), ...operation }
    await client.transact(connection, text, names.map((name) => values[name]), operation.pause_ms || 0)
    say({ id: operation.id, ok: true })
  } catch (error) {
    say({ id: operation.id, ...describe(error) })
  }
  end()
}

// A client has name, module, connect(settings), which resolves to a connection, and transact(connection, text, values,
// pauseMs). Neither of them says anything of its connection's state, so the answers have none.
async function main (client) {
  console.log = console.info = console.error // a library that logs must not spoil the protocol
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const { conninfo, size, strategy } = JSON.parse((await lines.next()).value).open
  const settings = settingsOf(conninfo + (strategy === 'plain' ? ' sslmode=disable' : ''))
  const connections = []
  try {
    // The first operation gets the first connection, and so on: the packets are told apart by that.
    while (connections.length < size) connections.push({ connection: await client.connect(settings) })
  } catch (error) {
    say(describe(error))
    process.exit(1)
  }
  say({ ready: true, name: client.name, version: versionOf(client.module), driver: `Node ${process.version}`, speaks: ['connect'] })
  for await (const line of lines) {
    const operation = JSON.parse(line)
    const taken = operation.do === 'connect' ? {} : connections.length > 1 ? connections.shift() : connections[0]
    answer(client, settings, taken, operation) // nobody waits for it
  }
  process.exit(0) // some may wait for ever
}

module.exports = { main }
