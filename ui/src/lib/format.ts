const units = ['', 'k', 'M', 'G', 'T']

/** amount writes a number in three digits: 0.4, 7.2, 12, 940, 1.2k. */
export function amount(n: number): string {
  if (!Number.isFinite(n)) return '-'
  let unit = 0
  while (Math.abs(n) >= 999.5 && unit < units.length - 1) {
    n /= 1000
    unit++
  }
  const digits = n !== 0 && Math.abs(n) < 9.95 ? 1 : 0
  return n.toFixed(digits).replace(/\.0$/, '') + units[unit]
}

export function rate(n: number): string {
  return amount(n) + '/s'
}

export function percent(part: number, whole: number): string {
  if (whole <= 0) return '-'
  const p = (100 * part) / whole
  return (p > 0 && p < 1 ? '<1' : p > 99 && p < 100 ? '>99' : p.toFixed(0)) + '%'
}

/** share writes a share of one as a percentage, small ones with a digit more. */
export function share(part: number): string {
  const p = 100 * part
  return (p === 0 || p >= 9.95 ? p.toFixed(0) : p < 0.05 ? '<0.1' : p.toFixed(1)) + '%'
}

/** ago writes the time since then, as of now. */
export function ago(then: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(then)) / 1000)
  if (seconds < 5) return 'now'
  if (seconds < 90) return `${seconds.toFixed(0)}s ago`
  if (seconds < 5400) return `${(seconds / 60).toFixed(0)}m ago`
  if (seconds < 129600) return `${(seconds / 3600).toFixed(0)}h ago`
  return `${(seconds / 86400).toFixed(0)}d ago`
}

export function clock(time: string): string {
  return new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })
}

/** keyOf proposes a stream's key for what people typed as its name. */
export function keyOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 63)
    .replace(/[^a-z0-9]+$/, '')
}
