// The adapter of Postgres.js, a client that is a pool.
'use strict'
const { main, settingsOf, versionOf } = require('./subject')
const postgres = require('postgres')

const OPTIONS = { default: {}, 'idle-timeout-20': { idle_timeout: 20 } }

class Pool {
  name = 'postgres.js'
  version = versionOf('postgres')
  driver = `its own, Node ${process.version}`

  async open (conninfo, size, strategy) {
    const { host, port, user, password, database, ssl, connectionTimeoutMillis } = settingsOf(conninfo)
    const limit = connectionTimeoutMillis ? { connect_timeout: connectionTimeoutMillis / 1000 } : {}
    this.sql = postgres({ host, port, user, password, database, ssl, max: size, ...limit, ...OPTIONS[strategy] })
    const reserved = await Promise.all(Array.from({ length: size }, () => this.sql.reserve()))
    reserved.forEach((sql) => sql.release())
  }

  transact (operation) {
    return this.sql.begin(async (sql) => {
      const result = await sql.unsafe(operation.text, operation.values)
      await operation.pause()
      return result.state.pid
    })
  }

  async close () {
    await this.sql.end()
  }
}

// It still writes the ROLLBACK when its socket is gone, and that TypeError ends the process of an application without this
// line (seen in query/backend-killed with 3.4.7). Nothing more could be measured.
process.on('uncaughtException', (error) => console.error(error))
main(Pool)
