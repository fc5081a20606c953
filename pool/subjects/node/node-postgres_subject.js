// The adapter of node-postgres: pg and its pool, pg-pool.
'use strict'
const { main, settingsOf, versionOf } = require('./subject')
const pg = require('pg')

const OPTIONS = { default: {}, 'idle-timeout-0': { idleTimeoutMillis: 0 } }

class Pool {
  name = 'node-postgres'
  version = versionOf('pg')
  driver = `pg-pool ${versionOf('pg-pool')}, Node ${process.version}`

  async open (conninfo, size, strategy) {
    this.pool = new pg.Pool({ ...settingsOf(conninfo), max: size, ...OPTIONS[strategy] })
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
      await client.query(operation.text, operation.values)
      await operation.pause()
      await client.query('COMMIT')
      return client.processID
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    } finally {
      client.release()
    }
  }

  async close () {
    await this.pool.end()
  }
}

main(Pool)
