import type { Selector, Source } from './types'

/** The attributes that a picked source is told by. */
const identity = ['k8s.namespace.name', 'service.namespace', 'service.name']

/** identify returns the attributes that name a source in selectors. One kind of
 *  namespace is enough. */
export function identify(source: Source): Selector {
  const attributes = source.attributes ?? {}
  const own: Selector = {}
  for (const key of identity) {
    if (key === 'service.namespace' && 'k8s.namespace.name' in own) continue
    if (typeof attributes[key] === 'string') own[key] = attributes[key]
  }
  return own
}

const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : [v])
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** joins reports whether an entry is one that picks are gathered in: the same
 *  attributes, and the same values but for the service's name. */
function joins(entry: Selector, own: Selector): boolean {
  const keys = Object.keys(own)
  if (!same(Object.keys(entry).sort(), [...keys].sort())) return false
  return keys.every((k) => {
    const value = entry[k]
    if (k === 'service.name') return list(value).every((v) => typeof v === 'string')
    return same(list(value), [own[k]])
  })
}

/** picked reports whether a source is picked by name. */
export function picked(entries: Selector[], source: Source): boolean {
  const own = identify(source)
  if (!Object.keys(own).length) return false
  return entries.some((e) => joins(e, own) && (!('service.name' in own) || list(e['service.name']).includes(own['service.name'])))
}

/** pick adds a source by name. */
export function pick(entries: Selector[], source: Source): Selector[] {
  const own = identify(source)
  if (!Object.keys(own).length || picked(entries, source)) return entries
  const at = entries.findIndex((e) => joins(e, own))
  if (at < 0) return [...entries, 'service.name' in own ? { ...own, 'service.name': [own['service.name']] } : own]
  return entries.map((e, i) => (i === at ? { ...e, 'service.name': [...list(e['service.name']), own['service.name']] } : e))
}

/** drop takes back what pick did. */
export function drop(entries: Selector[], source: Source): Selector[] {
  const own = identify(source)
  return entries.flatMap((e) => {
    if (!joins(e, own)) return [e]
    const left = list(e['service.name']).filter((v) => v !== own['service.name'])
    return 'service.name' in own && left.length ? [{ ...e, 'service.name': left }] : []
  })
}

/** matches reports whether a source satisfies a selector; undefined stands for
 *  a condition that only the collector understands. */
export function matches(entry: Selector, source: Source): boolean | undefined {
  let all: boolean | undefined = true
  for (const [key, predicate] of Object.entries(entry)) {
    const one = key === 'condition' ? undefined : holds(predicate, source.attributes?.[key])
    if (one === false) return false
    if (one === undefined) all = undefined
  }
  return all
}

function holds(predicate: unknown, value: unknown): boolean | undefined {
  if (Array.isArray(predicate)) return predicate.some((p) => holds(p, value))
  if (predicate === null || typeof predicate !== 'object') return value !== undefined && String(value) === String(predicate)
  const [[kind, inner] = ['', null]] = Object.entries(predicate)
  switch (kind) {
    case 'exists':
      return (value !== undefined) === inner
    case 'not': {
      const one = holds(inner, value)
      return one === undefined ? undefined : !one
    }
    case 'any':
      return list(inner).some((p) => holds(p, value))
    case 'all':
      return list(inner).every((p) => holds(p, value))
    case 'glob':
      return value !== undefined && new RegExp(`^${String(inner).replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(String(value))
    default:
      return undefined // RE2 is not what browsers have.
  }
}

/** describe writes a selector as a sentence. */
export function describe(entry: Selector): string {
  return termsOf(entry)
    .map((t) => (t.operator === 'exists' ? `${t.key} exists` : t.operator === 'raw' ? `${t.key}: ${t.value}` : `${t.key} ${t.operator} ${t.value.replace(/, ([^,]*)$/, ' or $1')}`))
    .join(' and ')
}

export const operators = ['is', 'glob', 'regex', 'exists', 'is not'] as const
export type Operator = (typeof operators)[number]

/** Term is one line of the rule editor; raw is what it has no form for. */
export interface Term {
  key: string
  operator: Operator | 'raw'
  value: string
}

export function termsOf(entry: Selector): Term[] {
  return Object.entries(entry).map(([key, v]) => {
    if (v !== null && typeof v === 'object' && !Array.isArray(v)) {
      const [[kind, inner] = ['', null], ...rest] = Object.entries(v)
      if (!rest.length && (kind === 'glob' || kind === 'regex') && typeof inner === 'string') return { key, operator: kind, value: inner }
      if (!rest.length && kind === 'exists' && inner === true) return { key, operator: 'exists', value: '' }
      if (!rest.length && kind === 'not' && typeof inner === 'string') return { key, operator: 'is not', value: inner }
      return { key, operator: 'raw', value: JSON.stringify(v) }
    }
    const values = list(v)
    if (values.every((x) => typeof x === 'string' && !x.includes(','))) return { key, operator: 'is', value: values.join(', ') }
    return { key, operator: 'raw', value: JSON.stringify(v) }
  })
}

export function entryOf(terms: Term[]): Selector {
  const entry: Selector = {}
  for (const t of terms) {
    if (!t.key.trim()) continue
    entry[t.key.trim()] = predicateOf(t)
  }
  return entry
}

function predicateOf(t: Term): unknown {
  switch (t.operator) {
    case 'glob':
    case 'regex':
      return { [t.operator]: t.value }
    case 'exists':
      return { exists: true }
    case 'is not':
      return { not: t.value }
    case 'raw':
      try {
        return JSON.parse(t.value)
      } catch {
        return t.value
      }
    default: {
      const values = t.value.split(',').map((v) => v.trim()).filter(Boolean)
      return values.length === 1 ? values[0] : values
    }
  }
}
