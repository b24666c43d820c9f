import { describe, expect, it } from 'vitest'
import { describe as sentence, drop, entryOf, matches, pick, picked, termsOf } from './selectors'
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
  it('needs one kind of namespace only', () => {
    const both = source({ 'k8s.namespace.name': 'shop', 'service.namespace': 'store', 'service.name': 'cart' })
    expect(pick([], both)).toEqual([{ 'k8s.namespace.name': 'shop', 'service.name': ['cart'] }])
  })
  it('does not pick what has no name', () => {
    expect(pick([], source({ 'host.name': 'a' }))).toEqual([])
  })
})

describe('rules', () => {
  it('are satisfied or not, or nobody here knows', () => {
    const cases: [Selector, boolean | undefined][] = [
      [{ 'service.name': ['cart', 'x'], 'k8s.namespace.name': 'shop' }, true],
      [{ 'service.name': { glob: 'c?r*' } }, true],
      [{ 'service.name': { glob: 'c.rt' } }, false],
      [{ 'service.name': { not: 'cart' } }, false],
      [{ 'service.name': { any: ['a', { glob: 'ca*' }] }, pci: { exists: false } }, true],
      [{ 'service.name': { all: [{ glob: 'c*' }, { not: 'cart' }] } }, false],
      [{ 'service.name': { regex: 'c.*' } }, undefined],
      [{ condition: 'true', 'service.name': 'other' }, false],
      [{ condition: 'true' }, undefined],
    ]
    for (const [entry, want] of cases) expect([entry, matches(entry, cart)]).toEqual([entry, want])
  })
  it('are told as sentences', () => {
    expect(sentence({ 'service.name': ['a', 'b', 'c'], pci: { exists: true }, env: { not: 'prod' } })).toBe('service.name is a, b or c and pci exists and env is not prod')
  })
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
