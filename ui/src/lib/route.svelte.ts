import { base } from './base'

/** Where the page is. Every view has an address of its own. Paths are those of
 *  the page, without what it is served below. */
class Route {
  path = $state(inside())
  query = $state.raw(new URLSearchParams(location.search))

  constructor() {
    addEventListener('popstate', () => this.#read())
    // Links within the page do not load it again.
    addEventListener('click', (e) => {
      const a = (e.target as Element).closest('a')
      if (!a || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey) return
      // By its attributes: links of SVG have other properties.
      const url = new URL(a.getAttribute('href') ?? '', document.baseURI)
      if (a.hasAttribute('target') || url.origin !== location.origin || !url.pathname.startsWith(base + '/')) return
      e.preventDefault()
      this.go(url.pathname.slice(base.length) + url.search)
    })
  }

  /** The parts of the path. */
  get parts(): string[] {
    return this.path.split('/').filter(Boolean).map(decodeURIComponent)
  }

  go(to: string): void {
    history.pushState(null, '', base + to)
    this.#read()
    scrollTo(0, 0)
    document.getElementById('main')?.focus({ preventScroll: true })
  }

  /** set changes the query of the address without another entry in the history. */
  set(name: string, value: string): void {
    const query = new URLSearchParams(location.search)
    if (value) query.set(name, value)
    else query.delete(name)
    const text = query.toString()
    history.replaceState(null, '', location.pathname + (text ? '?' + text : ''))
    this.query = query
  }

  #read(): void {
    this.path = inside()
    this.query = new URLSearchParams(location.search)
  }
}

function inside(): string {
  return location.pathname.startsWith(base + '/') ? location.pathname.slice(base.length) : '/'
}

export const route = new Route()
