import type { Form, Schema } from './types'

export type Config = Record<string, unknown>

/** Kind is how a value is entered; json is what there is no field for. */
export type Kind = 'text' | 'number' | 'bool' | 'choice' | 'list' | 'map' | 'json'

/** Setting is one value of a component's configuration. */
export interface Setting {
  /** path leads to the value, with dots. */
  path: string
  label: string
  hint: string
  kind: Kind
  secret: boolean
  duration: boolean
  required: boolean
  initial: unknown
  choices: string[]
}

const simple = (s: Schema | undefined): boolean => ['string', 'integer', 'number', 'boolean'].includes(s?.type ?? '')

function kindOf(s: Schema): Kind {
  if (s.enum?.length) return 'choice'
  switch (s.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return s.format === 'duration' ? 'text' : 'number'
    case 'boolean':
      return 'bool'
    case 'array':
      return simple(s.items) ? 'list' : 'json'
    case 'object':
      return typeof s.additionalProperties === 'object' && simple(s.additionalProperties) ? 'map' : 'json'
    default:
      return 'json'
  }
}

function settingOf(path: string, s: Schema): Setting {
  const inner = s.items ?? (typeof s.additionalProperties === 'object' ? s.additionalProperties : undefined)
  return {
    path,
    label: path,
    hint: s.description ?? '',
    kind: kindOf(s),
    secret: s.format === 'secret' || inner?.format === 'secret',
    duration: s.format === 'duration',
    required: false,
    initial: s.default,
    choices: (s.enum ?? []).map(String),
  }
}

/** settingsOf lists all values that a schema describes. */
export function settingsOf(schema: Schema | null | undefined, path = ''): Setting[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([key, s]) => {
    const at = path ? `${path}.${key}` : key
    return s.type === 'object' && s.properties && Object.keys(s.properties).length ? settingsOf(s, at) : [settingOf(at, s)]
  })
}

/** essentialOf lists what people come for: the fields that the form names, and
 *  those of the schema that the exporter is known to need. */
export function essentialOf(form: Form, all: Setting[]): Setting[] {
  const known = new Map(all.map((s) => [s.path, s]))
  const named = form.fields.map((f): Setting => ({
    ...(known.get(f.path) ?? { ...settingOf(f.path, { type: f.kind === 'bool' ? 'boolean' : 'string' }) }),
    label: f.label,
    hint: f.hint,
    secret: f.kind === 'secret',
    required: f.required,
  }))
  // A field for one key of a mapping stands for all of it.
  const shown = (p: string): boolean => named.some((s) => s.path === p || s.path.startsWith(p + '.'))
  return [...named, ...(form.essential ?? []).flatMap((p) => (shown(p) ? [] : (known.get(p) ?? [])))]
}

const isMap = (v: unknown): v is Config => v !== null && typeof v === 'object' && !Array.isArray(v)

/** valueAt returns what a configuration says at a path, or undefined. */
export function valueAt(config: unknown, path: string): unknown {
  let v = config
  for (const key of path.split('.')) v = isMap(v) ? v[key] : undefined
  return v
}

/** withValue returns the configuration with another value at a path; undefined
 *  takes the key away, and what is empty without it. */
export function withValue(config: Config, path: string, value: unknown): Config {
  const [head, ...rest] = path.split('.') as [string, ...string[]]
  const inner = config[head]
  const next = rest.length ? withValue(isMap(inner) ? inner : {}, rest.join('.'), value) : value
  const { [head]: _, ...others } = config
  if (next === undefined || (rest.length && isMap(next) && !Object.keys(next).length)) return others
  return head in config ? Object.fromEntries(Object.entries(config).map(([k, v]) => [k, k === head ? next : v])) : { ...config, [head]: next }
}

/** isReference reports whether a secret is named and not written out. */
export function isReference(text: string): boolean {
  return /\$\{(env|file):[^}]+\}/.test(text)
}

/** isDuration reports whether a text is a duration as Go reads it. */
export function isDuration(text: string): boolean {
  return text === '0' || /^-?([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$/.test(text)
}
