import { describe, expect, it } from 'vitest'
import { ago, amount, keyOf, percent, share } from './format'

describe('format', () => {
  it('writes amounts short', () => {
    expect([0, 0.44, 7.25, 12.3, 999, 999.6, 1234, 56_789, 4.2e6].map(amount)).toEqual(['0', '0.4', '7.3', '12', '999', '1k', '1.2k', '57k', '4.2M'])
  })
  it('never rounds to all or nothing', () => {
    expect([percent(1, 1000), percent(999, 1000), percent(1, 2), percent(0, 0)]).toEqual(['<1%', '>99%', '50%', '-'])
  })
  it('writes shares with the digits that matter', () => {
    expect([0, 0.0001, 0.0123, 0.099, 0.0996, 0.5, 1].map(share)).toEqual(['0%', '<0.1%', '1.2%', '9.9%', '10%', '50%', '100%'])
  })
  it('tells times', () => {
    const now = Date.parse('2026-01-01T01:00:00Z')
    expect(['2026-01-01T00:59:58Z', '2026-01-01T00:59:00Z', '2026-01-01T00:30:00Z'].map((t) => ago(t, now))).toEqual(['now', '60s ago', '30m ago'])
  })
  it('makes keys of names', () => {
    expect(['Checkout & Cart', ' \u00dcber-Team ', '!!', 'x'.repeat(80)].map(keyOf)).toEqual(['checkout-cart', 'uber-team', '', 'x'.repeat(63)])
  })
})
