import { describe, expect, it } from 'vitest'
import { essentialOf, isDuration, isReference, settingsOf, valueAt, withValue } from './settings'
import type { Schema } from './types'
import { yaml } from './yaml'

const schema: Schema = {
  type: 'object',
  properties: {
    endpoint: { type: 'string' },
    timeout: { type: 'string', format: 'duration', default: '5s' },
    headers: { type: 'object', additionalProperties: { type: 'string', format: 'secret' } },
    tls: { type: 'object', properties: { insecure: { type: 'boolean', default: false }, ca_file: { type: 'string' } } },
    brokers: { type: 'array', items: { type: 'string' } },
    acks: { type: 'string', enum: ['all', 'leader'] },
    rules: { type: 'array', items: { type: 'object' } },
    size: { type: 'integer' },
  },
}

describe('settings', () => {
  it('lists what a schema describes, with its kind', () => {
    expect(settingsOf(schema).map((s) => [s.path, s.kind])).toEqual([
      ['endpoint', 'text'],
      ['timeout', 'text'],
      ['headers', 'map'],
      ['tls.insecure', 'bool'],
      ['tls.ca_file', 'text'],
      ['brokers', 'list'],
      ['acks', 'choice'],
      ['rules', 'json'],
      ['size', 'number'],
    ])
    expect(settingsOf(schema).filter((s) => s.secret || s.duration).map((s) => s.path)).toEqual(['timeout', 'headers'])
    expect(settingsOf(null)).toEqual([])
  })
  it('puts first what the form names', () => {
    const fields = [{ path: 'tls.insecure', label: 'Without TLS', hint: '', kind: 'bool' as const, required: false, default: '' }]
    const form = { type: 'x', title: 'X', fields, example: '', schema, essential: ['endpoint', 'tls.insecure', 'nowhere'] }
    expect(essentialOf(form, settingsOf(schema)).map((s) => s.label)).toEqual(['Without TLS', 'endpoint'])
    const header = [{ path: 'headers.authorization', label: 'Authorization', hint: '', kind: 'secret' as const, required: false, default: '' }]
    expect(essentialOf({ ...form, fields: header, essential: ['headers'] }, settingsOf(schema)).map((s) => [s.label, s.kind])).toEqual([['Authorization', 'text']])
  })
  it('reads and writes by paths', () => {
    const config = { endpoint: 'a', tls: { insecure: true } }
    expect(valueAt(config, 'tls.insecure')).toBe(true)
    expect(valueAt(config, 'endpoint.deeper')).toBeUndefined()
    expect(withValue(config, 'tls.insecure', undefined)).toEqual({ endpoint: 'a' })
    expect(withValue(config, 'tls.ca_file', '/ca')).toEqual({ endpoint: 'a', tls: { insecure: true, ca_file: '/ca' } })
    expect(Object.keys(withValue(config, 'endpoint', 'b'))).toEqual(['endpoint', 'tls'])
    expect(config).toEqual({ endpoint: 'a', tls: { insecure: true } })
  })
  it('tells references and durations', () => {
    expect(['${env:A}', 'Bearer ${file:/a}', 'abc', '${env:}'].map(isReference)).toEqual([true, true, false, false])
    expect(['5s', '1h30m', '0', '5', 'soon'].map(isDuration)).toEqual([true, true, true, false, false])
  })
})

describe('yaml', () => {
  it('writes blocks, and quotes what could mean something else', () => {
    const value = { a: 'x', b: 'no', c: 1, d: [], e: ['p', 'q: r'], f: { g: { h: '${env:A}' } }, i: [{ j: 1, k: [{ l: null }] }], 'm n': true }
    expect(yaml(value)).toBe(
      'a: x\nb: "no"\nc: 1\nd: []\ne: [p, "q: r"]\nf:\n  g:\n    h: "${env:A}"\ni:\n  - j: 1\n    k:\n      - l: null\n"m n": true\n',
    )
  })
})
