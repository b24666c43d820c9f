import { get, problemOf } from './api'
import { live } from './live.svelte'
import type { Problem } from './types'

/** Remote is something that the API tells, loaded again with each revision and,
 *  if it is given, each so many milliseconds. Make it while a component is. */
export class Remote<T> {
  value = $state.raw<T | null>(null)
  problem = $state.raw<Problem | null>(null)
  etag = $state('')

  constructor(
    readonly path: () => string,
    every = 0,
  ) {
    $effect(() => {
      const d = live.snapshot?.document
      void [d?.sha256, d?.applied_sha256]
      void this.load()
    })
    $effect(() => {
      if (!every) return
      const timer = setInterval(() => void this.load(), every)
      return () => clearInterval(timer)
    })
  }

  async load(): Promise<void> {
    const path = this.path()
    try {
      const answer = await get<T>(path)
      if (path !== this.path()) return
      this.value = answer.value
      this.etag = answer.etag
      this.problem = null
    } catch (e) {
      this.problem = problemOf(e)
    }
  }
}
