// Every view in light and dark: no violation that axe finds, nothing wider than
// a small screen, and a picture.
import { strict as assert } from 'node:assert'
import { directory, inspect, open, picture } from '../browser.mjs'

async function look(views) {
  for (const [name, [path, ready, wait = 1500]] of Object.entries(views)) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await open(path, { colorScheme })
      await ready(page)
      await page.waitForTimeout(wait)
      await picture(page, `${name}-${colorScheme}`)
      await inspect(page, `${name} ${colorScheme}`)
      if (colorScheme === 'light') {
        await page.setViewportSize({ width: 480, height: 800 })
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.ok(wide <= 480, `${name} is ${wide} px wide on a screen of 480 px`)
      }
      await page.context().close()
    }
  }
}

// Lines need time to become lines; only pictures need that.
const trace = (long) => (directory ? long : 4000)

const applied = (page) => page.locator('header').getByText('applied').waitFor()

export async function pages() {
  await look({
    overview: ['/?skip', applied, trace(12_000)],
    'new-stream': ['/streams/new', applied],
    stream: ['/streams/checkout-cart', (page) => page.locator('.chart canvas').waitFor(), trace(25_000)],
    'edit-stream': ['/streams/checkout-cart/edit', async (page) => {
      await page.getByRole('list', { name: 'Actions' }).getByText('Mask').click()
      await page.getByRole('list', { name: 'Sources' }).waitFor()
    }],
    sources: ['/sources', applied],
    destinations: ['/destinations', applied],
    'edit-destination': ['/destinations?edit=vendor', async (page) => {
      await page.getByText('All settings').click()
      await page.getByLabel('Search settings').waitFor()
    }],
    splits: ['/splits', (page) => page.getByText('of traces are divided').waitFor()],
    explain: ['/explain?source=shop%2Fcart', (page) => page.getByRole('region', { name: 'Resource 1' }).waitFor()],
    document: ['/config', applied],
    compiled: ['/config?show=compiled', applied],
    revisions: ['/config?show=revisions', applied],
  })
}

/** The views of a machine that nobody has set up. */
export async function bare() {
  await look({
    'setup-empty': ['/', (page) => page.getByRole('heading', { name: 'Set up your first data stream' }).waitFor()],
    'no-sources': ['/sources', (page) => page.getByText('No telemetry has come in').waitFor()],
    'no-splits': ['/splits', (page) => page.getByRole('heading', { name: 'Splits' }).waitFor()],
  })
}

export async function locked() {
  await look({ login: ['/', (page) => page.getByRole('heading', { name: 'Log in' }).waitFor(), 200] })
}
