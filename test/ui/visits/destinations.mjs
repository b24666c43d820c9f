// Destinations: made by forms, tried, wrong ones, changed.
import { strict as assert } from 'node:assert'
import { api, open, url } from '../browser.mjs'

/** Mistakes are shown where they are made, and nothing is written. */
export async function mistakes() {
  const page = await open('/destinations')
  const before = await (await page.request.get(url + '/api/v1/document')).text()
  await page.getByRole('button', { name: '+ New destination' }).click()
  await page.getByLabel('Name').fill('vendor')
  await page.getByLabel('Kind').selectOption('otlp_http')
  await page.getByRole('textbox', { name: /^URL/ }).fill('https://otlp.example.com')
  await page.getByRole('textbox', { name: /^Authorization/ }).fill('Bearer abc')
  await page.getByRole('alert').getByText('A secret would stand in the document').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Done' }).isDisabled(), true)

  await page.goto(url + '/config')
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('The document').fill(before.replace('streams:', 'strems:'))
  await page.getByRole('alert').getByText(/unknown key "strems"/).waitFor()
  assert.match(await page.getByRole('alert').innerText(), /datastreams\.yaml:\d+/)
  assert.equal(await page.getByRole('button', { name: 'Save' }).isDisabled(), true)
  assert.equal(await (await page.request.get(url + '/api/v1/document')).text(), before)
}

/** A destination that nobody listens at: the page says so, wherever one looks. */
export async function wrong() {
  const page = await open('/destinations')
  await page.getByRole('button', { name: '+ New destination' }).click()
  await page.getByLabel('Name').fill('vendor')
  await page.getByLabel('Kind').selectOption('otlp_http')
  await page.getByRole('textbox', { name: /^URL/ }).fill('http://127.0.0.1:1')
  // All that the exporter can be told is there, and found by its name.
  await page.getByText('All settings').click()
  await page.getByLabel('Search settings').fill('timeout')
  await page.getByLabel('timeout', { exact: true }).fill('soon')
  await page.getByText('a duration, such as').waitFor()
  await page.getByLabel('timeout', { exact: true }).fill('3s')
  await page.getByText('a duration, such as').waitFor({ state: 'detached' })
  await page.getByRole('region', { name: 'Difference of the document' }).getByText('timeout: 3s').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  // It is tried when it is there.
  const vendor = page.getByRole('region', { name: 'vendor' })
  await vendor.getByRole('status').getByText(/refused/).waitFor()

  await page.goto(url + '/streams/checkout-cart/edit')
  await page.getByRole('checkbox', { name: /^vendor/ }).check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('cell', { name: 'shop/cart' }).waitFor()
  await page.goto(url + '/destinations')
  await vendor.getByText('Last error').waitFor({ timeout: 60_000 })
  assert.match(await vendor.innerText(), /refused/)
  await vendor.getByText(/^(failed|failing|degraded)$/).waitFor()
  await page.goto(url + '/?skip')
  await page.getByRole('region', { name: 'Destinations' }).getByRole('row', { name: /vendor/ }).getByText(/^(failed|failing|degraded)$/).waitFor()
  await page.getByText('1 in trouble').waitFor()
}

/** It is mended by its form, and what the form does not show stays. */
export async function mend() {
  const page = await open('/destinations')
  await page.getByRole('button', { name: 'Edit vendor' }).click()
  const form = page.getByRole('form', { name: 'Edit vendor' })
  assert.equal(await form.getByRole('textbox', { name: /^URL/ }).inputValue(), 'http://127.0.0.1:1')
  await form.getByRole('textbox', { name: /^URL/ }).fill('http://127.0.0.1:2')
  await form.getByRole('textbox', { name: /^Authorization/ }).fill('Bearer ${env:VENDOR_TOKEN}')
  await form.getByRole('region', { name: 'Difference of the document' }).getByText('127.0.0.1:2').waitFor()
  await form.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Edit vendor' }).waitFor()
  const vendor = (await api(page, '/destinations')).find((d) => d.name === 'vendor')
  assert.deepEqual(vendor.config, { endpoint: 'http://127.0.0.1:2', timeout: '3s', headers: { authorization: 'Bearer ${env:VENDOR_TOKEN}' } })
}
