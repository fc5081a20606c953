// The adapter of Sequelize's pool on pg.
'use strict'
const { main, settingsOf, versionOf } = require('./subject')
const { QueryTypes, Sequelize } = require('sequelize')

class Pool {
  name = 'sequelize'
  version = versionOf('sequelize')
  driver = `pg ${versionOf('pg')}, Node ${process.version}`

  async open (conninfo, size, strategy) {
    const { host, port, user, password, database, ...dialectOptions } = settingsOf(conninfo)
    const pool = { default: { max: size }, 'min-max': { min: size, max: size } }[strategy]
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
