// The adapter of Postgres.js, a client that is a pool.
'use strict'
const { main, settingsOf, versionOf } = require('./subject')
const postgres = require('postgres')

const OPTIONS = { default: {}, 'idle-timeout-20': { idle_timeout: 20 }, tuned: { idle_timeout: 20, connect_timeout: 5, keep_alive: 30, max_lifetime: 1800 } }

class Pool {
  speaks = ['connect', 'listen', 'within']
  name = 'postgres.js'
  version = versionOf('postgres')
  driver = `its own, Node ${process.version}`

  async open (conninfo, size, strategy) {
    const { host, port, user, password, database, ssl, connectionTimeoutMillis } = settingsOf(conninfo)
    const limit = connectionTimeoutMillis ? { connect_timeout: connectionTimeoutMillis / 1000 } : {}
    this.settings = { host, port, user, password, database, ssl, ...limit }
    this.sql = postgres({ max: size, ...OPTIONS[strategy], ...this.settings })
    const reserved = await Promise.all(Array.from({ length: size }, () => this.sql.reserve()))
    reserved.forEach((sql) => sql.release())
  }

  transact (operation) {
    return this.sql.begin(async (sql) => {
      const result = await operation.run(async (text, values) => {
        const query = sql.unsafe(text, values)
        const alarm = operation.withinMs && setTimeout(() => query.cancel(), operation.withinMs)
        try {
          return await query
        } finally {
          clearTimeout(alarm)
        }
      })
      return result.state.pid
    })
  }

  async connect () {
    const sql = postgres({ ...this.settings, max: 1 })
    const result = await sql.unsafe('SELECT now()')
    await sql.end()
    return result.state.pid
  }

  // It keeps a connection of its own for its listeners, and connects it anew when it is closed.
  async listen (ms) {
    const heard = []
    const { unlisten } = await this.sql.listen('hangup', (payload) => heard.push(payload))
    await new Promise((resolve) => setTimeout(resolve, ms))
    unlisten().catch((error) => console.error(error)) // over a silent path nobody answers
    return heard
  }

  async close () {
    await this.sql.end()
  }
}

// It still writes the ROLLBACK when its socket is gone, and that TypeError ends the process of an application without this
// line (seen in query/backend-killed with 3.4.7). Nothing more could be measured.
process.on('uncaughtException', (error) => console.error(error))
main(Pool)
