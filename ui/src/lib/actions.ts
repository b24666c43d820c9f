/** Action is one step of a stream, while it is worked on. The number tells it
 *  from others of the same kind when the order changes. */
export interface Action {
  id: number
  kind: string
  spec: unknown
}

export interface ActionKind {
  label: string
  /** What it does, for somebody who chooses. */
  hint: string
  fresh: unknown
}

/** kinds are the actions that can be added, in the order of their usefulness. */
export const kinds: Record<string, ActionKind> = {
  mask: { label: 'Mask', hint: 'take personal data and secrets out of every field', fresh: { detectors: ['pii', 'secrets'] } },
  keep: { label: 'Keep', hint: 'whole traces by rules: errors, slow ones, a share of the rest', fresh: [{ name: 'errors', errors: true }, { name: 'rest', percent: 10 }] },
  sample: { label: 'Sample', hint: 'a percentage of the traces', fresh: { percent: 10 } },
  filter: { label: 'Filter', hint: 'drop what matches conditions', fresh: { traces: ['span.attributes["http.route"] == "/healthz"'] } },
  set: { label: 'Set attributes', hint: 'whether they are there or not', fresh: { team: 'my-team' } },
  remove: { label: 'Remove attributes', hint: 'by their keys', fresh: { items: ['http.request.header.cookie'] } },
  rename: { label: 'Rename attributes', hint: 'from one key to another', fresh: { env: 'deployment.environment.name' } },
  transform: { label: 'Transform', hint: 'by statements of OTTL', fresh: { traces: [] } },
  span_metrics: { label: 'Span metrics', hint: 'count and time spans, and deliver the metrics', fresh: { destinations: [] } },
  k8s_attributes: { label: 'Kubernetes attributes', hint: 'what Kubernetes knows of the pod', fresh: null },
  processor: { label: 'Processor', hint: 'any processor of this build', fresh: {} },
}

/** actionOf parts an action of the document in its kind and what it is told. */
export function actionOf(a: unknown): [string, unknown] {
  return a !== null && typeof a === 'object' ? (Object.entries(a)[0] ?? ['', null]) : [String(a), null]
}

/** dropping are the actions that drop data behind the router, which counts what
 *  it hands on. A processor may. Sampling is the router's own where it holds
 *  traces, and then its count is right, which nothing here can tell. */
const dropping = ['sample', 'filter', 'processor']

/** dropsBehind names the actions of a stream that may deliver less than the
 *  router counts. */
export function dropsBehind(actions: unknown[]): string[] {
  return dropping.filter((kind) => actions.some((a) => actionOf(a)[0] === kind)).map((kind) => kinds[kind]?.label ?? kind)
}

export type Fields = Record<string, unknown>

/** fieldsOf returns the keys of what may be a mapping. */
export function fieldsOf(v: unknown): Fields {
  return v !== null && typeof v === 'object' && !Array.isArray(v) ? (v as Fields) : {}
}

/** listOf returns the items of what may be a list, or one item, or nothing. */
export function listOf(v: unknown): unknown[] {
  return Array.isArray(v) ? (v as unknown[]) : v === undefined || v === null ? [] : [v]
}

/** withField returns a mapping with another value of a key; what says nothing
 *  takes the key away. */
export function withField(fields: Fields, key: string, value: unknown): Fields {
  const { [key]: _, ...others } = fields
  const empty = value === undefined || value === null || value === '' || (typeof value === 'object' && !Object.keys(value).length)
  if (empty) return others
  return key in fields ? { ...fields, [key]: value } : { ...others, [key]: value }
}

/** split parts a mapping of attributes in those of resources and of items;
 *  without these two keys, all of it is about resources. */
export function split(v: unknown): { resource: unknown; items: unknown } {
  const f = fieldsOf(v)
  const keys = Object.keys(f)
  const parted = keys.length > 0 && keys.every((k) => (k === 'resource' || k === 'items') && f[k] !== null && typeof f[k] === 'object')
  if (Array.isArray(v) || typeof v === 'string') return { resource: listOf(v), items: [] }
  return parted ? { resource: f.resource ?? null, items: f.items ?? null } : { resource: v, items: null }
}

/** join is the other way; what is about resources only is written short. */
export function join(resource: unknown, items: unknown): unknown {
  const empty = (x: unknown): boolean => x === null || x === undefined || !Object.keys(x).length
  if (empty(items)) return resource
  return empty(resource) ? { items } : { resource, items }
}

const count = (n: number, one: string, many = one + 's'): string => (n === 1 ? `1 ${one}` : `${n} ${many}`)

/** summary tells in a few words what an action does. */
export function summary(kind: string, spec: unknown): string {
  const f = fieldsOf(spec)
  switch (kind) {
    case 'sample':
      return `keeps ${String(f.percent ?? '?')}% of ${listOf(f.signals).join(' and ') || 'traces'}`
    case 'mask':
      return [listOf(f.detectors).join(', ') || 'pii, secrets', ...Object.entries(fieldsOf(f.actions)).map(([k, a]) => `${k}: ${String(fieldsOf(a).action ?? a)}`)].join('; ')
    case 'keep':
      return count(listOf(spec).length, 'rule')
    case 'filter':
    case 'transform':
      return Object.entries(f).map(([signal, v]) => `${signal}: ${listOf(v).length === 1 ? String(listOf(v)[0]) : listOf(v).length}`).join(', ')
    case 'set':
    case 'rename': {
      const s = split(spec)
      const pairs = [s.resource, s.items].flatMap((m) => Object.entries(fieldsOf(m)))
      return pairs.map(([k, v]) => `${k} ${kind === 'set' ? '=' : '\u2192'} ${String(v)}`).join(', ')
    }
    case 'remove': {
      const s = split(spec)
      return [...listOf(s.resource), ...listOf(s.items)].join(', ')
    }
    case 'span_metrics':
      return `to ${listOf(f.destinations).join(', ') || 'nowhere yet'}`
    default:
      return spec === null || spec === undefined ? '' : JSON.stringify(spec)
  }
}
