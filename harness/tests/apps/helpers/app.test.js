// An application's own tests on node-postgres, with a fault at the line where they want it. Run by test_exec_helpers.sh.
'use strict'

const assert = require('node:assert')
const { test } = require('node:test')
const { fault, skip } = require('hangup')

test('nothing of the lab is needed here', () => {})

test('a silence is waited out', { skip }, async (t) => {
  const { Pool } = require('pg')
  const pool = new Pool() // the environment says where, and who vouches for the server
  assert.strictEqual((await pool.query('SELECT 40+2 AS sum')).rows[0].sum, 42)
  const silence = await fault(t, 'silence', { for: '30s' })
  const began = performance.now()
  await pool.query('SELECT 1')
  assert.ok(performance.now() - began > 30000)
  assert.ok(await silence.clear() > 0) // it was over by itself
  await pool.end()
})

test('a fault ends with its test', { skip }, async (t) => {
  await t.test('breaks', (t) => fault(t, 'silence', { argument: 'to-db' }))
  const { Client } = require('pg')
  const client = new Client()
  const began = performance.now()
  await client.connect()
  assert.ok(performance.now() - began < 1000)
  await client.end()
})

test('it says what is wrong', { skip }, async (t) => {
  await assert.rejects(fault(t, 'silense'), /did you mean 'silence'/)
})
