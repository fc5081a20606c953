// The adapter of Knex (its pool is Tarn) on pg.
'use strict'
const { main, settingsOf, versionOf, TUNED_PG } = require('./subject')
const knex = require('knex')

class Pool {
  speaks = ['within']
  name = 'knex'
  version = versionOf('knex')
  driver = `tarn ${versionOf('tarn')}, pg ${versionOf('pg')}, Node ${process.version}`

  async open (conninfo, size, strategy) {
    // Its own default is 2 to 10; its documentation advises a minimum of 0, because what idles there may be dead.
    const min = strategy === 'default' ? Math.min(2, size) : 0
    const limits = strategy === 'tuned' ? { createTimeoutMillis: 5000, acquireTimeoutMillis: 10000, idleTimeoutMillis: 10000 } : {}
    const connection = { ...(strategy === 'tuned' ? TUNED_PG : {}), ...settingsOf(conninfo) }
    this.knex = knex({ client: 'pg', connection, pool: { min, max: size, ...limits } })
    const transactions = await Promise.all(Array.from({ length: size }, () => this.knex.transaction()))
    await Promise.all(transactions.map((transaction) => transaction.rollback()))
  }

  transact (operation) {
    return this.knex.transaction(async (transaction) => {
      const connection = await transaction.client.acquireConnection()
      await operation.run((text, values) => {
        const query = transaction.raw(text.replace(/\$\d/g, '?'), values)
        return operation.withinMs ? query.timeout(operation.withinMs, { cancel: true }) : query
      })
      return connection.processID
    })
  }

  async close () {
    await this.knex.destroy()
  }
}

main(Pool)
