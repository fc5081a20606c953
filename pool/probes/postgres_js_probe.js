// Postgres.js, which is a pool by nature: a pool of one for each connection. It connects again by itself.
'use strict'
const { setTimeout: sleep } = require('timers/promises')
const { main } = require('./probe')
const postgres = require('postgres')

// Its transaction writes a ROLLBACK to a socket that is gone, from a timer: nobody can catch that TypeError, and without this
// line it ends the process.
process.on('uncaughtException', (error) => console.error(error))

main({
  name: 'postgres-js',
  module: 'postgres',

  async connect ({ host, port, user, password, database, ssl }) {
    // Its max_lifetime is by default 30 to 60 minutes, at random: what ends a connection here shall be the event.
    const sql = postgres({ host, port, user, password, database, ssl, max: 1, max_lifetime: null })
    const reserved = await sql.reserve() // by itself it connects for the first query
    reserved.release()
    return sql
  },

  async transact (sql, text, values, pauseMs) {
    let first // when its socket goes, begin() says only "write CONNECTION_CLOSED", whatever its statement has met before
    await sql.begin(async (transaction) => {
      await transaction.unsafe(text, values).catch((error) => { first = error; throw error })
      await sleep(pauseMs)
    }).catch((error) => { throw first || error })
  }
})
