// What a person does with the page, one function for each visit. The test in Go
// starts the collectors and says which one is to be done:
// node steps.mjs STEP URL [DIRECTORY]
import { strict as assert } from 'node:assert'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline/promises'
import { chromium } from 'playwright-core'

const [, , step, url, directory] = process.argv
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })
const complaints = []

async function open(path = '/', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (e) => complaints.push(e.message))
  page.on('console', (m) => {
    // Answers that say no are part of the visits; everything else is a defect.
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) complaints.push(m.text())
  })
  page.on('request', (r) => {
    if (!r.url().startsWith(url) && !r.url().startsWith('data:')) complaints.push('asks somebody else: ' + r.url())
  })
  await page.goto(url + path)
  return page
}

const lines = createInterface({ input: process.stdin })
/** Tells the test that something is to happen now, and waits until it has. */
async function turn(word) {
  console.log('TURN ' + word)
  for await (const line of lines) if (line === word) return
}

const steps = {
  // From a collector that nobody has set up to a stream that takes data.
  async newcomer() {
    const page = await open()
    await page.getByRole('heading', { name: 'Set up your first data stream' }).waitFor()
    await page.getByLabel('What is the stream called?').fill('Checkout & cart')
    const list = page.getByRole('list', { name: 'Sources' })
    await list.getByText('shop/frontend').click()
    await list.getByText('shop/cart').click()
    await page.getByRole('checkbox', { name: /^lake/ }).check()
    const preview = page.getByRole('region', { name: 'Preview' })
    await preview.getByText('Takes').waitFor()
    assert.match(await preview.innerText(), /2 live sources/)
    assert.match(await preview.innerText(), /Taken from\s+default/)
    assert.match(await preview.innerText(), /reload/)
    assert.match(await preview.innerText(), /\+ {2}checkout-cart:/)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { name: 'Checkout & cart' }).waitFor()
    await page.getByRole('cell', { name: 'shop/cart' }).waitFor()
    await page.waitForFunction(() => /all\s+[1-9][\d.k]*\/s/.test(document.querySelector('table')?.innerText ?? ''))
  },

  // All that is done to a stream that runs.
  async edit() {
    const page = await open('/streams/checkout-cart')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Deliver' }).waitFor()
    await page.getByText('paused', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Observe' }).click()
    await page.getByText('observe', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Deliver' }).click()
    await page.getByRole('button', { name: 'Deliver' }).waitFor({ state: 'detached' })

    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('Title').fill('Till')
    await page.getByRole('list', { name: 'Sources' }).getByText('shop/catalog').click()
    const preview = page.getByRole('region', { name: 'Preview' })
    await preview.getByText('instant').waitFor()
    await preview.getByText('shop/catalog').first().waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { name: 'Till' }).waitFor()

    await page.goto(url + '/streams/checkout-cart/edit')
    await page.getByLabel('Add an action').selectOption('sample')
    await page.getByLabel('Add an action').selectOption('set')
    await page.getByRole('button', { name: 'Move set up' }).click()
    await preview.getByText('reload').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { name: 'Till' }).waitFor()
    await page.getByText('{"sample":{"percent":10}}').waitFor()
  },

  // Mistakes are shown where they are made, and nothing is written.
  async mistakes() {
    const page = await open('/destinations')
    const before = await (await page.request.get(url + '/api/v1/document')).text()
    await page.getByRole('button', { name: '+ New destination' }).click()
    await page.getByLabel('Name').fill('vendor')
    await page.getByLabel('Kind').selectOption('otlp_http')
    await page.getByLabel('URL').fill('https://otlp.example.com')
    await page.getByLabel(/Authorization/).fill('Bearer abc')
    await page.getByRole('alert').getByText('A secret would stand in the document').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Done' }).isDisabled(), true)

    await page.goto(url + '/config')
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('The document').fill(before.replace('streams:', 'strems:'))
    await page.getByRole('alert').getByText(/unknown key "strems"/).waitFor()
    assert.match(await page.getByRole('alert').innerText(), /datastreams\.yaml:\d+/)
    assert.equal(await page.getByRole('button', { name: 'Save' }).isDisabled(), true)

    const wrong = await page.request.post(url + '/api/v1/destinations/lost/probe')
    assert.equal(wrong.status(), 200)
    assert.equal((await wrong.json()).ok, false)
    assert.equal(await (await page.request.get(url + '/api/v1/document')).text(), before)
  },

  // Two tabs: the second one is told, and keeps what was filled in.
  async conflict() {
    const one = await open('/streams/checkout-cart/edit')
    const two = await open('/streams/checkout-cart/edit')
    await two.getByRole('checkbox', { name: /^lake/ }).waitFor()
    await one.getByLabel('Title').fill('First')
    await one.getByRole('button', { name: 'Done' }).click()
    await one.getByRole('heading', { name: 'First' }).waitFor()
    await two.locator('textarea[aria-label=Description]').evaluate((e) => { e.closest('details').open = true })
    await two.getByLabel('Description').fill('What earns the money.')
    await two.getByText('The document was changed meanwhile').waitFor()
    await two.getByRole('button', { name: 'Load it, and apply mine to it' }).click()
    await two.getByRole('button', { name: 'Done' }).click()
    await two.getByText('What earns the money.').waitFor()
    const stream = await (await one.request.get(url + '/api/v1/streams/checkout-cart')).json()
    assert.equal(stream.title, 'First')
    assert.equal(stream.description, 'What earns the money.')
  },

  // Deleting asks, shows what happens, and leaves destinations alone.
  async remove() {
    const page = await open('/streams/checkout-cart')
    await page.getByRole('button', { name: 'Delete the stream' }).click()
    await page.getByText(/live sources move/).waitFor()
    await page.getByRole('button', { name: 'Delete it' }).click()
    await page.getByRole('heading', { name: 'Set up your first data stream' }).waitFor()
    const left = await (await page.request.get(url + '/api/v1/destinations')).json()
    assert.deepEqual(left.map((d) => d.name), ['lake', 'lost'])
    await page.goto(url + '/config?show=revisions')
    await page.getByRole('button', { name: 'Compare' }).nth(1).click()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByText('They are the same.').or(page.getByRole('button', { name: 'Restore' })).waitFor({ state: 'detached' })
    await page.goto(url + '/streams/checkout-cart')
    await page.getByRole('heading', { name: 'First' }).waitFor()
  },

  // A collector that goes away and comes back under an open page.
  async restart() {
    const page = await open('/streams/new')
    await page.getByLabel('What is the stream called?').fill('Kept')
    await turn('stop')
    await page.getByText('reconnecting').waitFor()
    await turn('start')
    await page.locator('header').getByText('applied').waitFor()
    assert.equal(await page.getByLabel('What is the stream called?').inputValue(), 'Kept')
  },

  // The page stays open while the collector reloads again and again.
  async watch() {
    const page = await open('/?skip')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await turn('reload')
    await page.locator('header').getByText('applied').waitFor()
  },

  async readonly() {
    const page = await open('/?skip')
    await page.getByText('read-only').waitFor()
    assert.equal(await page.getByRole('link', { name: '+ New stream' }).count(), 0)
    await page.goto(url + '/streams/new')
    await page.getByText('Read-only: nothing can be changed here.').waitFor()
    const answer = await page.request.delete(url + '/api/v1/streams/default', { headers: { 'If-Match': '*' } })
    assert.equal(answer.status(), 403)
  },

  // With the keyboard alone, from the address to a stream's page.
  async keyboard() {
    const page = await open('/?skip')
    await page.getByRole('region', { name: 'Streams' }).waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
    for (let i = 0; i < 60 && !/^(First|Till|default)/.test(await focused()); i++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Now' }).waitFor()
  },

  // Every page in light and dark: no violation that axe finds, nothing wider
  // than a small screen, and a picture.
  async pages() {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    const views = {
      overview: '/?skip', setup: '/', 'new-stream': '/streams/new', stream: '/streams/checkout-cart', 'edit-stream': '/streams/checkout-cart/edit',
      sources: '/sources', destinations: '/destinations', explain: '/explain?source=shop%2Fcart', document: '/config', compiled: '/config?show=compiled',
      revisions: '/config?show=revisions',
    }
    for (const [name, path] of Object.entries(views)) {
      for (const colorScheme of ['light', 'dark']) {
        const page = await open(path, { colorScheme })
        await page.locator('header').getByText('applied').waitFor()
        await page.waitForTimeout(name === 'overview' ? 5000 : 1500)
        if (directory) await page.screenshot({ path: `${directory}/ui-${name}-${colorScheme}.png` })
        await page.evaluate(axe)
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
        assert.deepEqual(violations.map((v) => `${name} ${colorScheme}: ${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`), [])
        if (colorScheme === 'light') {
          await page.setViewportSize({ width: 480, height: 800 })
          const wide = await page.evaluate(() => document.documentElement.scrollWidth)
          assert.ok(wide <= 480, `${name} is ${wide} px wide on a screen of 480 px`)
        }
        await page.context().close()
      }
    }
  },
}

try {
  await steps[step]()
  assert.deepEqual(complaints, [])
} catch (e) {
  // What people would have seen.
  for (const context of browser.contexts()) for (const page of context.pages()) console.error(page.url(), await page.locator('body').innerText())
  throw e
} finally {
  lines.close()
  await browser.close()
}
