const plain = /^[A-Za-z][A-Za-z0-9_./-]*$/
const word = /^(true|false|yes|no|on|off|y|n|null|nan|inf)$/i

function scalar(v: unknown): string {
  if (typeof v === 'string' && (!plain.test(v) || word.test(v))) return JSON.stringify(v)
  return v === undefined ? 'null' : String(v)
}

/** yaml writes a value that JSON knows as YAML in block style. Texts that could
 *  mean something else stand in quotes. */
export function yaml(v: unknown, indent = ''): string {
  if (Array.isArray(v)) {
    return v.map((x) => `${indent}-${entry(x, indent + '  ', true)}`).join('')
  }
  if (v !== null && typeof v === 'object') {
    return Object.entries(v).map(([k, x]) => `${indent}${scalar(k)}:${entry(x, indent + '  ', false)}`).join('')
  }
  return indent + scalar(v) + '\n'
}

function entry(v: unknown, indent: string, inList: boolean): string {
  if (v === null || typeof v !== 'object') return ` ${scalar(v)}\n`
  if (!Object.keys(v).length) return Array.isArray(v) ? ' []\n' : ' {}\n'
  if (Array.isArray(v) && v.every((x) => x === null || typeof x !== 'object')) return ` [${v.map(scalar).join(', ')}]\n`
  const text = yaml(v, indent)
  // The first key of a map stands beside its dash.
  return inList ? ' ' + text.slice(indent.length) : '\n' + text
}
