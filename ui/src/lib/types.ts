// What the API says; openapi.yaml beside the server describes it.

export interface Session {
  mode: 'edit' | 'propose' | 'read_only'
  version: string
  path?: string
  document: boolean
  /** Whether people have to say who they are, and whether they have. */
  auth?: 'none' | 'required'
  authenticated?: boolean
}

export interface Flow {
  in: number
  delivered: number
  sampled: number
  refused: number
  lost: number
  withheld: number
}

export interface StreamNumbers {
  name: string
  total: Flow
  signals: Record<string, Flow>
  pending: number
  held: number
  counts: Record<string, number>
}

export interface DestinationNumbers {
  name: string
  type: string
  sent: number
  failed: number
  queue_size: number
  queue_capacity: number
  health: 'ok' | 'slow' | 'failing' | 'idle'
}

export interface Source {
  id: string
  rate: number
  signals: Record<string, number>
  items: number
  first: string
  last: string
  streams: string[]
  observers?: string[]
  attributes?: Record<string, unknown>
}

export interface Snapshot {
  time: string
  document: { sha256: string; applied_sha256: string; revision: number; state: 'applied' | 'pending' | 'rejected' | 'none' }
  streams: StreamNumbers[]
  unmatched: number
  destinations: DestinationNumbers[]
  sources: { known: number; evicted: number; others: number; top: Source[] }
  splits?: { share: number } | null
  problem?: string
}

export type Selector = Record<string, unknown>

export interface Stream {
  key: string
  title: string
  description: string
  default: boolean
  sources: Selector[]
  exclude: Selector[]
  signals: string[]
  actions: unknown[]
  destinations: string[]
  mode: string
  line: number
}

export interface Destination {
  name: string
  type: string
  config: Record<string, unknown>
  yaml: string
  signals: string[]
  queue: string
  streams: string[]
  line: number
  health?: 'ok' | 'degraded' | 'failed' | 'unknown'
  last_error?: { time: string; message: string } | null
}

export interface NewDestination {
  name: string
  type: string
  yaml: string
  signals?: string[]
  queue?: string
}

export interface Field {
  path: string
  label: string
  hint: string
  kind: 'text' | 'bool' | 'secret'
  required: boolean
  default: string
}

export interface Form {
  type: string
  title: string
  fields: Field[]
  example: string
  /** What the exporter can be told, and the paths of what people come for. */
  schema?: Schema | null
  essential?: string[] | null
}

/** Schema describes a value of a component's configuration. */
export interface Schema {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: Schema | boolean
  default?: unknown
  description?: string
  format?: string
  enum?: unknown[]
}

export interface Diagnostic {
  severity: 'error' | 'warning'
  file: string
  line?: number
  column?: number
  path?: string
  message: string
  remedy?: string
}

export interface Plan {
  kind: 'none' | 'membership' | 'graph'
  summary: string[]
  diff: string
  compiled_diff: string
  document: string
  sha256: string
  warnings: Diagnostic[]
  moves: { source: string; rate: number; before: string[]; after: string[] }[]
  doubles: { source: string; rate: number; destination: string; streams: string[] }[]
  /** The share of traces that are divided, as it is and as it would be. */
  splits?: { before: number; after: number } | null
}

export interface Splits {
  share: number
  estimated: boolean
  window_seconds: number
  sampled: number
  at?: string
  pairs: SplitPair[]
}

export interface SplitPair {
  streams: string[]
  share: number
  traces: number
  examples: string[]
  sources: { id: string; name: string; stream: string }[]
}

export interface Problem {
  title: string
  status: number
  detail?: string
  diagnostics?: Diagnostic[]
  sha256?: string
}

export interface Explanation {
  resource: Record<string, unknown>
  streams: string[]
  observers: string[]
  destinations: string[]
  text: string
}

export interface Revision {
  number: number
  time: string
  sha256: string
  kind: string
  summary?: string[]
  state: string
  error?: string
}
