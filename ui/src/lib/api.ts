import { to } from './base'
import type { Problem } from './types'

/** Where the API is. */
export const prefix = to('/api/v1')

/** Failure is an answer that is a problem; its message is for people. */
export class Failure extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title)
  }
}

export interface Answer<T> {
  value: T
  etag: string
}

let refused: () => void = () => undefined

/** onRefused says what is to be done when the API wants to know who asks. */
export function onRefused(then: () => void): void {
  refused = then
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(prefix + path, init)
  } catch {
    throw new Failure({ title: 'The collector does not answer', status: 0, detail: 'it may be reloading; try again in a moment' })
  }
  if (response.ok) return response
  let problem: Problem = { title: `The collector answered ${response.status}`, status: response.status }
  try {
    problem = (await response.json()) as Problem
  } catch {
    // Not every answer is JSON: a proxy may stand in between.
  }
  if (response.status === 401 && path !== '/session') refused()
  throw new Failure(problem)
}

async function decoded<T>(response: Response): Promise<T> {
  const text = await response.text()
  return (text ? JSON.parse(text) : null) as T
}

export async function get<T>(path: string): Promise<Answer<T>> {
  const response = await ask(path)
  return { value: await decoded<T>(response), etag: response.headers.get('ETag') ?? '' }
}

export interface Text extends Answer<string> {
  /** How many secrets the text has placeholders for. */
  redacted: number
}

export async function getText(path: string): Promise<Text> {
  const response = await ask(path)
  return { value: await response.text(), etag: response.headers.get('ETag') ?? '', redacted: Number(response.headers.get('X-Redacted') ?? 0) }
}

export interface Write {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: unknown
  /** text is sent instead of body, as it is. */
  text?: string
}

/** send writes, or with dry only tries out what writing would do. */
export async function send<T>(w: Write, etag: string, dry = false): Promise<T> {
  const headers: Record<string, string> = {}
  if (etag) headers['If-Match'] = etag
  if (w.text !== undefined) headers['Content-Type'] = 'text/yaml'
  else if (w.body !== undefined) headers['Content-Type'] = 'application/json'
  const body = w.text ?? (w.body === undefined ? undefined : JSON.stringify(w.body))
  return decoded<T>(await ask(w.path + (dry ? '?dry_run' : ''), { method: w.method, headers, body }))
}

/** problemOf makes of whatever was thrown something that can be shown. */
export function problemOf(e: unknown): Problem {
  if (e instanceof Failure) return e.problem
  return { title: 'The page failed', status: 0, detail: String(e) }
}
