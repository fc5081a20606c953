// pg, the client of node-postgres, without its pool.
'use strict'
const { setTimeout: sleep } = require('timers/promises')
const { main } = require('./probe')
const { Client } = require('pg')

main({
  name: 'node-pg',
  module: 'pg',

  async connect (settings) {
    const client = new Client(settings)
    // An idle client that loses its connection says so here, and ends the process of an application that does not listen. What
    // the application's next query says of it is another text.
    client.on('error', (error) => console.error('error on client', error.message))
    await client.connect()
    return client
  },

  async transact (client, text, values, pauseMs) {
    // Without the documented ROLLBACK in a catch block: it would fail too, and hide the first error behind its own.
    await client.query('BEGIN')
    await client.query(text, values)
    await sleep(pauseMs)
    await client.query('COMMIT')
  }
})
