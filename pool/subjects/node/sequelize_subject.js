// The adapter of Sequelize's pool on pg.
'use strict'
const { main, settingsOf, versionOf, TUNED_PG } = require('./subject')
const { QueryTypes, Sequelize } = require('sequelize')

class Pool {
  name = 'sequelize'
  version = versionOf('sequelize')
  driver = `pg ${versionOf('pg')}, Node ${process.version}`

  async open (conninfo, size, strategy) {
    const { host, port, user, password, database, ...given } = settingsOf(conninfo)
    const dialectOptions = { ...(strategy === 'tuned' ? TUNED_PG : {}), ...given }
    const pools = { default: {}, 'min-max': { min: size }, tuned: { acquire: 10000, idle: 10000, evict: 1000 } }
    const pool = { max: size, ...pools[strategy] }
    this.sequelize = new Sequelize(database, user, password, { host, port, dialect: 'postgres', dialectOptions, pool, logging: false })
    const transactions = await Promise.all(Array.from({ length: size }, () => this.sequelize.transaction()))
    await Promise.all(transactions.map((transaction) => transaction.rollback()))
  }

  transact (operation) {
    return this.sequelize.transaction(async (transaction) => {
      await operation.run((text, bind) => this.sequelize.query(text, { bind, transaction, type: QueryTypes.RAW }))
      return transaction.connection.processID
    })
  }

  async close () {
    await this.sequelize.close()
  }
}

main(Pool)
