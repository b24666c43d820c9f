// Who may do what, and what happens while the collector is away.
import { strict as assert } from 'node:assert'
import { api, open, turn, url } from '../browser.mjs'

/** A collector that goes away and comes back under an open page. */
export async function restart() {
  const page = await open('/streams/new')
  await page.getByLabel('What is the stream called?').fill('Kept')
  await turn('stop')
  await page.getByText('reconnecting').waitFor()
  await turn('start')
  await page.locator('header').getByText('applied').waitFor()
  assert.equal(await page.getByLabel('What is the stream called?').inputValue(), 'Kept')
}

/** The page stays open while the collector reloads again and again. */
export async function watch() {
  const page = await open('/?skip')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await turn('reload')
  await page.locator('header').getByText('applied').waitFor()
}

export async function readonly() {
  const page = await open('/?skip')
  await page.getByText('read-only').waitFor()
  assert.equal(await page.getByRole('link', { name: '+ New stream' }).count(), 0)
  await page.goto(url + '/streams/new')
  await page.getByText('Read-only: nothing can be changed here.').waitFor()
  await page.goto(url + '/destinations')
  await page.getByRole('button', { name: 'Test connection' }).first().waitFor()
  assert.equal(await page.getByRole('button', { name: /Edit|Delete|New/ }).count(), 0)
  const answer = await page.request.delete(url + '/api/v1/streams/default', { headers: { 'If-Match': '*' } })
  assert.equal(answer.status(), 403)
}

/** Where the document cannot be written, the page says what is to be written. */
export async function propose() {
  const page = await open('/streams/new')
  await page.getByText('propose only').waitFor()
  await page.getByLabel('What is the stream called?').fill('Proposed')
  await page.getByRole('button', { name: '+ rule' }).first().click()
  await page.getByRole('checkbox', { name: /^lake/ }).check()
  await page.getByText('The document cannot be written here').waitFor()
  await page.getByText('The whole document').click()
  await page.locator('pre').filter({ hasText: /^# What this machine does/ }).getByText('proposed:').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Done' }).count(), 0)
  assert.deepEqual((await api(page, '/streams')).map((s) => s.key), ['default'])
}

/** Nothing shows before people have said who they are. */
export async function login() {
  const page = await open('/sources')
  await page.getByRole('heading', { name: 'Log in' }).waitFor()
  assert.equal((await page.request.get(url + '/api/v1/document')).status(), 401)
  await page.getByLabel('Token', { exact: true }).last().fill('wrong')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Token', { exact: true }).last().fill('a-token-of-this-test')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Sources' }).waitFor()
  await page.locator('header').getByText('applied').waitFor()
  // A link that somebody was sent opens where it points to.
  await page.goto(url + '/config')
  await page.getByLabel('The document').getByText('# What this machine does.').waitFor()
  const [cookie] = await page.context().cookies()
  assert.equal(cookie.httpOnly && cookie.sameSite === 'Strict', true)
  assert.equal(await page.evaluate(() => Object.values({ ...localStorage, ...sessionStorage }).join().includes('a-token')), false)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('heading', { name: 'Log in' }).waitFor()
  assert.equal((await page.request.get(url + '/api/v1/document')).status(), 401)
}

/** Behind a proxy, below a path: links, files, the API and the events. */
export async function below() {
  const page = await open('/sources')
  await page.locator('header').getByText('applied').waitFor()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.waitForURL(url + '/')
  await page.getByRole('heading', { name: 'Set up your first data stream' }).waitFor()
  await page.goto(url + '/streams/default')
  await page.getByRole('heading', { name: 'default' }).waitFor()
  await page.getByRole('slider').waitFor() // Its script is loaded later.
  await page.goBack()
  await page.waitForURL(url + '/')
}
