// What all visits need: a browser that complains about every defect of a page,
// and a way to ask the test for something.
import { strict as assert } from 'node:assert'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline/promises'
import { chromium } from 'playwright-core'

const [, , , address, pictures] = process.argv

/** url is where the page is; directory is where pictures go, if any are wanted. */
export const url = address
export const directory = pictures

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })
const complaints = []
const lines = createInterface({ input: process.stdin })

/** open opens the page in a browser of its own, as somebody new. */
export async function open(path = '/', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  return tab(context, path)
}

/** tab opens the page in a browser that there is. */
export async function tab(context, path = '/') {
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (e) => complaints.push(e.message))
  page.on('console', (m) => {
    // Answers that say no are part of the visits; everything else is a defect.
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) complaints.push(m.text())
  })
  page.on('request', (r) => {
    if (!r.url().startsWith(new URL(url).origin) && !r.url().startsWith('data:')) complaints.push('asks somebody else: ' + r.url())
  })
  await page.goto(url + path)
  return page
}

/** turn tells the test that something is to happen now, and waits until it has. */
export async function turn(word) {
  console.log('TURN ' + word)
  for await (const line of lines) if (line === word) return
}

/** api asks the API and returns what it answers. */
export async function api(page, path) {
  return (await page.request.get(url + '/api/v1' + path)).json()
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** inspect requires that axe finds nothing on a page. */
export async function inspect(page, name) {
  // Not as a script of the page: its policy forbids that, as it should.
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`), [])
}

/** picture writes what a page looks like, if pictures are wanted. */
export async function picture(page, name) {
  if (directory) await page.screenshot({ path: `${directory}/ui-${name}.png` })
}

/** visit does one of the steps, and fails for every defect that showed in it. */
export async function visit(step) {
  try {
    await step()
    assert.deepEqual(complaints, [])
  } catch (e) {
    // What people would have seen.
    for (const context of browser.contexts()) for (const page of context.pages()) console.error(page.url(), await page.locator('body').innerText())
    throw e
  } finally {
    lines.close()
    await browser.close()
  }
}
