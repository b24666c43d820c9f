import type { Session, Snapshot } from './types'
import { get, onRefused, prefix } from './api'

const kept = 600
const spark = 60

/** Trail is what a stream has done lately, a point for each second. Where
 *  nobody looked there is a hole. */
export interface Trail {
  time: number[]
  in: (number | null)[]
  delivered: (number | null)[]
  sampled: (number | null)[]
  lost: (number | null)[]
}

/** What the collector sends once a second, for all of the page. */
class Live {
  snapshot = $state.raw<Snapshot | null>(null)
  connected = $state(false)
  session = $state.raw<Session | null>(null)
  /** How many points have come; who reads trails depends on it. */
  tick = $state(0)

  #trails = new Map<string, Trail>()
  #events: EventSource | null = null

  start(): void {
    onRefused(() => void this.hello())
    void this.enter()
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#close()
      else void this.enter()
    })
  }

  /** enter asks who may do what, and listens if this page may. */
  async enter(): Promise<void> {
    await this.hello()
    if (!this.locked && !document.hidden) this.#open()
  }

  /** Whether people have to say first who they are. */
  get locked(): boolean {
    return this.session?.auth === 'required' && !this.session.authenticated
  }

  async hello(): Promise<void> {
    try {
      this.session = (await get<Session>('/session')).value
      if (this.locked) this.#close()
    } catch {
      // The events say when the collector is back.
    }
  }

  /** trail returns the latest rates of a stream, the newest last. */
  trail(name: string): Trail | undefined {
    void this.tick
    const t = this.#trails.get(name)
    return t && { ...t } // Another one each time, so that its readers see that it grew.
  }

  /** trend returns what a stream got within the last minute. */
  trend(name: string): number[] {
    return (this.trail(name)?.in ?? []).slice(-spark).map((v) => v ?? 0)
  }

  #open(): void {
    if (this.#events) return
    const events = new EventSource(prefix + '/events')
    this.#events = events
    events.onopen = () => {
      this.connected = true
      void this.hello()
    }
    events.onerror = () => {
      this.connected = false
      if (events.readyState !== EventSource.CLOSED) return
      // Browsers give up on an answer that is an error; a proxy may give one
      // while the collector restarts.
      this.#close()
      setTimeout(() => void this.enter(), 1000)
    }
    events.addEventListener('snapshot', (e: MessageEvent<string>) => {
      this.connected = true
      this.#take(JSON.parse(e.data) as Snapshot)
    })
  }

  #close(): void {
    this.#events?.close()
    this.#events = null
    this.connected = false
  }

  #take(s: Snapshot): void {
    const now = Date.parse(s.time) / 1000
    for (const { name, total } of s.streams) {
      let t = this.#trails.get(name)
      if (!t) this.#trails.set(name, (t = { time: [], in: [], delivered: [], sampled: [], lost: [] }))
      const last = t.time.at(-1)
      if (last !== undefined && now <= last) continue
      if (last !== undefined && now - last > 5) add(t, last + 1, null, null, null, null)
      add(t, now, total.in, total.delivered, total.sampled, total.lost + total.refused)
    }
    for (const name of this.#trails.keys()) {
      if (!s.streams.some((x) => x.name === name)) this.#trails.delete(name)
    }
    this.snapshot = s
    this.tick++
  }
}

function add(t: Trail, time: number, ...[got, delivered, sampled, lost]: (number | null)[]): void {
  t.time.push(time)
  t.in.push(got ?? null)
  t.delivered.push(delivered ?? null)
  t.sampled.push(sampled ?? null)
  t.lost.push(lost ?? null)
  if (t.time.length > kept) for (const list of Object.values(t) as unknown[][]) list.shift()
}

export const live = new Live()
