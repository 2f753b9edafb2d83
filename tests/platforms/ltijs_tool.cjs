// A minimal tool on unmodified ltijs: node ltijs_tool.cjs PORT
// Reads its platform from standard input, one line of JSON, and then prints "ready".
const crypto = require('node:crypto')
const readline = require('node:readline')
const lti = require('ltijs').Provider

// What ltijs asks of a database (its "plugin"), in memory: its own wants a MongoDB server.
class Memory {
  rows = []

  async setup () { return true }

  async Close () { return true }

  find (collection, query) {
    const fits = row => Object.entries(query || {}).every(([name, value]) => row.keys[name] === value)
    return this.rows.filter(row => row.collection === collection && fits(row))
  }

  async Get (_secret, collection, query) {
    const found = this.find(collection, query)
    return found.length ? found.map(row => ({ ...structuredClone(row.item), createdAt: row.createdAt })) : false
  }

  async Insert (_secret, collection, item, index) {
    this.rows.push({ collection, item, keys: { ...item, ...index }, createdAt: Date.now() })
    return true
  }

  async Replace (secret, collection, query, item, index) {
    await this.Delete(collection, query)
    return this.Insert(secret, collection, item, index)
  }

  async Modify (_secret, collection, query, change) {
    for (const row of this.find(collection, query)) {
      Object.assign(row.item, change)
      Object.assign(row.keys, change)
    }
    return true
  }

  async Delete (collection, query) {
    const gone = new Set(this.find(collection, query))
    this.rows = this.rows.filter(row => !gone.has(row))
    return true
  }
}

const handled = work => async (request, response) => {
  try {
    response.json(await work(response.locals.token, request))
  } catch (error) {
    response.status(502).json({ error: error.message, answer: error.response?.body })
  }
}

async function main () {
  const port = Number(process.argv[2])
  lti.setup(crypto.randomUUID(), { plugin: new Memory() }, {
    appRoute: '/launch',
    loginRoute: '/login',
    keysetRoute: '/keys',
    cookies: { secure: true, sameSite: 'None' }
  })
  const opened = (token, request, response) => response.json({ ltik: response.locals.ltik, token })
  lti.onConnect(opened)
  lti.onDeepLinking(opened)
  lti.app.get('/members', handled(token => lti.NamesAndRoles.getMembers(token, { pages: false })))
  lti.app.get('/columns', handled(token => lti.Grade.getLineItems(token)))
  lti.app.get('/column', handled((token, request) =>
    lti.Grade.createLineItem(token, { label: request.query.label, scoreMaximum: 50, tag: 'made' })))
  lti.app.get('/score', handled(async (token, request) => {
    const { column, person, points } = request.query
    const score = { userId: person, scoreGiven: Number(points), scoreMaximum: 100 }
    const progress = { activityProgress: 'Completed', gradingProgress: 'FullyGraded' }
    await lti.Grade.submitScore(token, column, { ...score, ...progress })
    return lti.Grade.getScores(token, column, { userId: person })
  }))
  lti.app.get('/choose', async (request, response) => {
    const item = {
      type: 'ltiResourceLink',
      title: 'Chosen with ltijs',
      url: `http://localhost:${port}/launch`,
      custom: { chosen: 'yes' },
      lineItem: { scoreMaximum: 10, label: 'Chosen column' }
    }
    response.send(await lti.DeepLinking.createDeepLinkingForm(response.locals.token, [item], {}))
  })
  await lti.deploy({ port, silent: true })
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await lti.registerPlatform(JSON.parse(line))
    console.log('ready')
  }
}

main().catch(error => { console.error(error); process.exit(1) })
