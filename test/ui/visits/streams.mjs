// Streams: made, changed, ordered, moved between, deleted.
import { strict as assert } from 'node:assert'
import { api, open, picture, tab, url } from '../browser.mjs'

/** From nothing: no document, no destination, and traffic that nobody takes. */
export async function setup() {
  const page = await open()
  await page.getByRole('heading', { name: 'Set up your first data stream' }).waitFor()
  await page.getByText('All else is counted and dropped').waitFor()
  await page.getByLabel('What is the stream called?').fill('Shop')
  const list = page.getByRole('list', { name: 'Sources' })
  await list.getByText('shop/frontend').click()
  await list.getByText('shop/cart').click()
  // Files are proposed, as they need nothing else.
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'lake')
  assert.equal(await page.getByLabel('Kind').inputValue(), 'parquet')
  await page.getByText('All settings').click()
  await page.getByLabel('Search settings').fill('roll age')
  await page.getByLabel('roll.max_age', { exact: true }).fill('2s')
  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText('2 live sources').waitFor()
  await preview.getByText('max_age: 2s').waitFor()
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(() => scrollTo(0, 0))
    await picture(page, `setup-${colorScheme}`)
  }
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('heading', { name: 'Shop' }).waitFor()
  await page.getByRole('cell', { name: 'shop/cart' }).waitFor()
  await page.waitForFunction(() => /all\s+[1-9][\d.k]*\/s/.test(document.querySelector('table')?.innerText ?? ''))
}

/** From a collector that nobody has set up to a stream that takes data. */
export async function newcomer() {
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
}

/** All that is done to a stream that runs. */
export async function edit() {
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
}

/** Actions by their forms, ordered with the mouse and with the keyboard. */
export async function actions() {
  const page = await open('/streams/checkout-cart/edit')
  const list = page.getByRole('list', { name: 'Actions' })
  const add = page.getByLabel('Add an action')
  const order = async () => (await list.locator('strong').allInnerTexts()).join(', ')

  await add.selectOption('sample')
  await page.getByRole('spinbutton', { name: 'Percentage' }).fill('25')
  await add.selectOption('set')
  await page.getByRole('group', { name: 'Attributes of the resource' }).getByLabel('Value of team').fill('till')
  await add.selectOption('mask')
  await page.getByLabel('What becomes of personal data').selectOption('partial')
  await page.getByLabel('Network addresses', { exact: true }).check()
  await add.selectOption('filter')
  await page.getByLabel('Conditions for logs').fill('log.severity_number < SEVERITY_NUMBER_INFO')
  assert.equal(await order(), 'Sample, Set attributes, Mask, Filter')

  // With keys, by the handle and by the buttons; the focus stays with it.
  const handle = (name) => page.getByRole('button', { name: new RegExp(`^Order of ${name}`) })
  await handle('Mask').focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  assert.equal(await order(), 'Mask, Sample, Set attributes, Filter')
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^Order of Mask: 1 of 4/)
  await page.getByRole('button', { name: 'Move Set attributes up' }).click()
  assert.equal(await order(), 'Mask, Set attributes, Sample, Filter')
  // With the mouse.
  await handle('Filter').dragTo(handle('Set attributes'))
  assert.equal(await order(), 'Mask, Filter, Set attributes, Sample')

  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText('reload').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('link', { name: 'Edit' }).waitFor()
  await page.getByText('keeps 25% of traces').waitFor()
  const stream = await api(page, '/streams/checkout-cart')
  assert.deepEqual(stream.actions, [
    { mask: { detectors: ['pii', 'secrets', 'ids'], actions: { pii: { action: 'partial' } } } },
    { filter: { traces: ['span.attributes["http.route"] == "/healthz"'], logs: ['log.severity_number < SEVERITY_NUMBER_INFO'] } },
    { set: { team: 'till' } },
    { sample: { percent: 25 } },
  ])
}

/** Two tabs: the second one is told, and keeps what was filled in. */
export async function conflict() {
  const one = await open('/streams/checkout-cart/edit')
  const two = await tab(one.context(), '/streams/checkout-cart/edit')
  await two.getByRole('checkbox', { name: /^lake/ }).waitFor()
  await one.getByLabel('Title').fill('First')
  await one.getByRole('button', { name: 'Done' }).click()
  await one.getByRole('heading', { name: 'First' }).waitFor()
  await two.locator('textarea[aria-label=Description]').evaluate((e) => { e.closest('details').open = true })
  await two.getByLabel('Description').fill('What earns the money.')
  await two.getByText('The document was changed meanwhile').waitFor()
  await two.getByRole('button', { name: 'Load it, and apply mine to it' }).click()
  await two.getByRole('button', { name: 'Done' }).click()
  await two.getByRole('link', { name: 'Edit' }).waitFor()
  await two.getByText('What earns the money.').waitFor()
  const stream = await api(one, '/streams/checkout-cart')
  assert.equal(stream.title, 'First')
  assert.equal(stream.description, 'What earns the money.')
}

/** A stream is made without a mouse, from the address to its page. */
export async function keyboard() {
  const page = await open('/?skip')
  await page.getByRole('region', { name: 'Streams' }).waitFor()
  const focused = () => page.evaluate(() => {
    const e = document.activeElement
    return e?.getAttribute('aria-label') ?? e?.labels?.[0]?.textContent?.trim() ?? e?.textContent?.trim() ?? ''
  })
  const reach = async (name, key = 'Tab') => {
    for (let i = 0; i < 120; i++) {
      if (name.test(await focused())) return
      await page.keyboard.press(key)
    }
    assert.fail(`${name} is not reached with ${key}`)
  }
  await page.keyboard.press('Tab')
  assert.match(await focused(), /Skip to content/)
  await page.keyboard.press('Enter')
  await reach(/^\+ New stream/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'New stream' }).waitFor()
  await reach(/^What is the stream called/)
  await page.keyboard.type('Back office')
  await reach(/^Search sources/)
  await page.keyboard.type('invoicing')
  await reach(/^backoffice\/invoicing/)
  await page.keyboard.press('Space')
  await reach(/^lake/)
  await page.keyboard.press('Space')
  await page.getByRole('region', { name: 'Preview' }).getByText('1 live source').waitFor()
  await reach(/^Done/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Back office' }).waitFor()
  // The chart tells its points.
  await reach(/^Items per second of Back office/)
  const chart = page.getByRole('slider', { name: /^Items per second/ })
  await page.waitForFunction(() => Number(document.querySelector('[role=slider]').getAttribute('aria-valuemax')) > 2)
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  assert.equal(await chart.getAttribute('aria-valuenow'), '1')
  assert.match(await chart.getAttribute('aria-valuetext'), /\d\d:\d\d:\d\d: in .*\/s, delivered .*\/s/)
}

/** Deleting asks, shows what happens, and leaves destinations alone. */
export async function remove() {
  const page = await open('/streams/checkout-cart')
  const before = (await api(page, '/destinations')).map((d) => d.name)
  await page.getByRole('button', { name: 'Delete the stream' }).click()
  await page.getByText(/live sources move/).waitFor()
  await page.getByRole('button', { name: 'Delete it' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  assert.deepEqual((await api(page, '/destinations')).map((d) => d.name), before)
  await page.goto(url + '/config?show=revisions')
  await page.getByRole('button', { name: 'Compare' }).nth(1).click()
  await page.getByRole('button', { name: 'Restore' }).click()
  await page.getByText('They are the same.').or(page.getByRole('button', { name: 'Restore' })).waitFor({ state: 'detached' })
  await page.goto(url + '/streams/checkout-cart')
  await page.getByRole('heading', { name: 'First' }).waitFor()
}

/** What divides traces is seen, and a source moved with what it shares them with. */
export async function splits() {
  const page = await open('/splits')
  const pair = page.getByRole('region', { name: /First and default/ })
  await pair.waitFor({ timeout: 90_000 }) // The first sample takes its time.
  await pair.getByText('Example traces').click()
  await pair.getByRole('button', { name: /^copy trace [0-9a-f]{32}/ }).first().click()
  await pair.getByText('copied').first().waitFor()
  const link = pair.getByRole('link', { name: /^move .* to First/ }).first()
  const [, source] = /^move (.*) to First$/.exec(await link.textContent())
  await link.click()
  await page.getByText(`${source} is added to the sources below`).waitFor()
  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText('Split traces').waitFor()
  assert.match(await preview.innerText(), new RegExp(`1 live source.*${source}`))
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('link', { name: 'Edit' }).waitFor()
  await page.getByRole('cell', { name: source }).waitFor()
  // And away again: to the default stream, which takes what is left.
  await page.goto(url + `/streams/checkout-cart/edit?drop&source=${encodeURIComponent(source)}`)
  await page.getByText(`${source} is taken away from this stream`).waitFor()
  await preview.getByText('Gives up').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('link', { name: 'Edit' }).waitFor()
  await page.getByRole('cell', { name: source }).waitFor({ state: 'detached' })
}
