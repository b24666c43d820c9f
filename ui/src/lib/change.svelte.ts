import { Failure, problemOf, send, type Write } from './api'
import { live } from './live.svelte'
import type { Plan, Problem } from './types'

/** A change that is tried out while people work on it, and then made. */
export class Change {
  plan = $state.raw<Plan | null>(null)
  problem = $state.raw<Problem | null>(null)
  /** idle, checking, writing, or applying: the collector is on its way to it. */
  step = $state<'idle' | 'checking' | 'writing' | 'applying' | 'conflict'>('idle')

  #timer = 0
  #turn = 0

  /** try asks what a change would do, once people pause. */
  try(write: Write, etag: string): void {
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    this.#timer = window.setTimeout(() => void this.#ask(write, etag, turn), 250)
  }

  async #ask(write: Write, etag: string, turn: number): Promise<void> {
    if (this.step === 'idle') this.step = 'checking'
    try {
      const plan = await send<Plan>(write, etag, true)
      if (turn !== this.#turn) return
      this.plan = plan
      this.problem = null
    } catch (e) {
      if (turn !== this.#turn) return
      this.#fail(e)
    }
    if (this.step === 'checking') this.step = 'idle'
  }

  #fail(e: unknown): void {
    this.plan = null
    this.problem = problemOf(e)
    this.step = e instanceof Failure && e.problem.status === 412 ? 'conflict' : 'idle'
  }

  /** forget takes back what was tried. */
  forget(): void {
    clearTimeout(this.#timer)
    this.#turn++
    this.plan = null
    this.problem = null
    this.step = 'idle'
  }

  /** make writes, and waits until the collector runs by it. */
  async make(write: Write, etag: string): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#turn++
    this.step = 'writing'
    try {
      const plan = await send<Plan>(write, etag)
      this.step = 'applying'
      await applied(plan.sha256)
      this.step = 'idle'
      return true
    } catch (e) {
      this.#fail(e)
      return false
    }
  }
}

/** applied waits until the collector runs by a document. */
async function applied(sha256: string): Promise<void> {
  const until = Date.now() + 20_000
  while (Date.now() < until) {
    const d = live.snapshot?.document
    if (d?.applied_sha256 === sha256) return
    if (d?.sha256 === sha256 && d.state === 'rejected') {
      throw new Failure({ title: 'The collector does not use the change', status: 0, detail: 'its log says why; it goes on with the revision before' })
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Failure({ title: 'The collector has not applied the change yet', status: 0, detail: 'it is written; look at the state at the top' })
}
