// node:test breaks the network, or the server, at the very line where it wants it.
//
//   const { fault, skip } = require('hangup')
//   test('survives a silence', { skip }, async (t) => {
//     const silence = await fault(t, 'silence', { for: '30s' })
//     await pool.query('SELECT 1')
//     assert.ok(await silence.clear() > 0) // what it hit
//   })
//
// `hangup exec -- node --test` finds it. Copy it into the project, so that tests are skipped elsewhere.
'use strict'

const net = require('node:net')

const path = process.env.HANGUP_SOCKET
const skip = path ? false : "not in hangup's lab: `hangup exec -- node --test` runs it there"

// One line of JSON to the lab, one back.
function ask(request) {
  return new Promise((resolve, reject) => {
    const lab = net.connect(path, () => lab.write(JSON.stringify(request) + '\n'))
    let text = ''
    lab.setEncoding('utf8')
    lab.on('error', reject)
    lab.on('close', () => reject(new Error('the lab does not answer')))
    lab.on('data', (part) => {
      text += part
      if (!text.endsWith('\n')) return
      const answer = JSON.parse(text)
      if (answer.ok) resolve(answer)
      else reject(new Error(answer.error))
      lab.destroy()
    })
  })
}

// Makes a fault happen now: kinds, arguments and options are those of `hangup list faults`, the argument is the
// option `argument`. It ends with clear(), with the test, or after `for`.
async function fault(t, kind, { argument = null, ...options } = {}) {
  const texts = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]))
  const made = await ask({ kind, argument, options: texts })
  const clear = async () => (await ask({ clear: made.fault })).cleared[0].hits
  t.after(clear)
  return { text: made.text, clear }
}

module.exports = { fault, skip }
