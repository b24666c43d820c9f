import type { Session, Snapshot } from './types'
import { get } from './api'

const kept = 60

/** What the collector sends once a second, for all of the page. */
class Live {
  snapshot = $state.raw<Snapshot | null>(null)
  connected = $state(false)
  session = $state.raw<Session | null>(null)
  /** The latest rates of each stream, the newest last. */
  trends = $state.raw<Record<string, number[]>>({})

  #events: EventSource | null = null

  start(): void {
    void this.hello()
    this.#open()
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#close()
      else this.#open()
    })
  }

  async hello(): Promise<void> {
    try {
      this.session = (await get<Session>('/session')).value
    } catch {
      // The events say when the collector is back.
    }
  }

  #open(): void {
    if (this.#events) return
    const events = new EventSource('/api/v1/events')
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
      setTimeout(() => this.#open(), 1000)
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
    const trends: Record<string, number[]> = {}
    for (const stream of s.streams) {
      trends[stream.name] = [...(this.trends[stream.name] ?? []), stream.total.in].slice(-kept)
    }
    this.trends = trends
    this.snapshot = s
  }
}

export const live = new Live()
