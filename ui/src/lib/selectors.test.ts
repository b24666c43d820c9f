import { describe, expect, it } from 'vitest'
import { drop, entryOf, pick, picked, termsOf } from './selectors'
import type { Selector, Source } from './types'

function source(attributes: Record<string, unknown>): Source {
  return { id: 'x', rate: 0, signals: {}, items: 0, first: '', last: '', streams: [], attributes }
}
const cart = source({ 'k8s.namespace.name': 'shop', 'service.name': 'cart', 'host.name': 'a' })
const front = source({ 'k8s.namespace.name': 'shop', 'service.name': 'front' })
const bare = source({ 'service.name': 'cart' })

describe('picking', () => {
  it('gathers services of a namespace in one entry', () => {
    const entries = pick(pick(pick([], cart), front), bare)
    expect(entries).toEqual([{ 'k8s.namespace.name': 'shop', 'service.name': ['cart', 'front'] }, { 'service.name': ['cart'] }])
    expect([cart, front, bare].map((s) => picked(entries, s))).toEqual([true, true, true])
    expect(pick(entries, cart)).toBe(entries)
  })
  it('takes back what it did, and leaves rules alone', () => {
    const rule: Selector = { 'service.name': { glob: 'c*' } }
    expect(drop(pick(pick([rule], cart), front), cart)).toEqual([rule, { 'k8s.namespace.name': 'shop', 'service.name': ['front'] }])
    expect(drop(pick([rule], cart), cart)).toEqual([rule])
    expect(picked([rule], bare)).toBe(false)
  })
  it('does not pick what has no name', () => {
    expect(pick([], source({ 'host.name': 'a' }))).toEqual([])
  })
})

describe('rules', () => {
  it('come back as they were', () => {
    const entries: Selector[] = [
      { 'service.name': 'a' },
      { 'service.name': ['a', 'b'], 'k8s.namespace.name': { glob: 'x-*' } },
      { pci: { exists: true } },
      { env: { not: 'prod' } },
      { n: 3, m: { any: ['a', { regex: 'b' }] }, odd: 'a,b' },
    ]
    for (const e of entries) expect(entryOf(termsOf(e))).toEqual(e)
  })
  it('leave out terms without an attribute', () => {
    expect(entryOf([{ key: ' ', operator: 'is', value: 'x' }])).toEqual({})
  })
})
