// The adapter of node-postgres: pg and its pool, pg-pool.
'use strict'
const { main, settingsOf, versionOf, TUNED_PG } = require('./subject')
const pg = require('pg')

const OPTIONS = { default: {}, 'idle-timeout-0': { idleTimeoutMillis: 0 }, tuned: { ...TUNED_PG, maxLifetimeSeconds: 1800 } }

class Pool {
  speaks = ['connect', 'listen', 'within']
  name = 'node-postgres'
  version = versionOf('pg')
  driver = `pg-pool ${versionOf('pg-pool')}, Node ${process.version}`

  async open (conninfo, size, strategy) {
    this.settings = settingsOf(conninfo)
    this.pool = new pg.Pool({ ...OPTIONS[strategy], ...this.settings, max: size })
    this.pool.on('error', (error) => console.error('Unexpected error on idle client', error.message))
    // Its documentation has the line above alone. A client in use that loses its connection then ends the whole process:
    // "Unhandled 'error' event" (node-postgres issue 3202). Nothing more could be measured.
    this.pool.on('connect', (client) => client.on('error', (error) => console.error('error on client', error.message)))
    const clients = await Promise.all(Array.from({ length: size }, () => this.pool.connect()))
    clients.forEach((client) => client.release())
  }

  async transact (operation) {
    const client = await this.pool.connect()
    try {
      await client.query('BEGIN')
      await operation.run((text, values) => client.query({ text, values, query_timeout: operation.withinMs }))
      await client.query('COMMIT')
      return client.processID
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    } finally {
      client.release()
    }
  }

  async connect () {
    const client = new pg.Client(this.settings)
    client.on('error', (error) => console.error('error on client', error.message))
    await client.connect()
    await client.query('SELECT now()')
    await client.end()
    return client.processID
  }

  async listen (ms) {
    const heard = []
    const client = new pg.Client(this.settings)
    await client.connect()
    client.on('notification', (message) => heard.push(message.payload))
    await client.query('LISTEN hangup')
    await new Promise((resolve, reject) => {
      client.on('error', reject)
      setTimeout(resolve, ms)
    })
    client.connection.stream.destroy() // over a silent path its goodbye would wait for ever
    return heard
  }

  async close () {
    await this.pool.end()
  }
}

main(Pool)
