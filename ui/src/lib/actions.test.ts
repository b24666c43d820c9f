import { describe, expect, it } from 'vitest'
import { dropsBehind, join, kinds, split, summary, withField } from './actions'

describe('actions', () => {
  it('part attributes of resources and of items, and join them again', () => {
    const all: unknown[] = [{ team: 'a' }, { items: { a: 1 } }, { resource: { b: 2 }, items: { a: 1 } }, ['host.ip'], { items: ['x'] }]
    for (const spec of all) {
      const { resource, items } = split(spec)
      expect(join(resource, items)).toEqual(spec)
    }
    expect(split({ items: 'a text' })).toEqual({ resource: { items: 'a text' }, items: null })
  })
  it('take keys away that say nothing', () => {
    expect(withField({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 })
    expect(withField({ a: 1 }, 'b', [])).toEqual({ a: 1 })
    expect(withField({ a: 1, b: false }, 'b', false)).toEqual({ a: 1, b: false })
  })
  it('tell whether they drop what the router has counted', () => {
    expect(dropsBehind(['k8s_attributes', { mask: {} }, { keep: [] }, { set: { a: 1 } }])).toEqual([])
    expect(dropsBehind([{ filter: { logs: 'true' } }, { sample: { percent: 10 } }, { filter: {} }])).toEqual(['Sample', 'Filter'])
  })
  it('tell what they do', () => {
    expect(summary('sample', { percent: 5, signals: ['traces', 'logs'] })).toBe('keeps 5% of traces and logs')
    expect(summary('mask', { detectors: ['pii'], actions: { email: { action: 'hash' }, iban: 'mask' } })).toBe('pii; email: hash; iban: mask')
    expect(summary('set', { resource: { a: 1 }, items: { b: true } })).toBe('a = 1, b = true')
    for (const [kind, k] of Object.entries(kinds)) expect(summary(kind, k.fresh)).not.toMatch(/undefined|\[object/)
  })
})
