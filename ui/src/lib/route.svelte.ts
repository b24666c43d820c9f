/** Where the page is. Every view has an address of its own. */
class Route {
  path = $state(location.pathname)
  query = $state.raw(new URLSearchParams(location.search))

  constructor() {
    addEventListener('popstate', () => this.#read())
    // Links within the page do not load it again.
    addEventListener('click', (e) => {
      const a = (e.target as Element).closest('a')
      if (!a || a.target || a.origin !== location.origin || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey) return
      e.preventDefault()
      this.go(a.pathname + a.search)
    })
  }

  /** The parts of the path. */
  get parts(): string[] {
    return this.path.split('/').filter(Boolean).map(decodeURIComponent)
  }

  go(to: string): void {
    history.pushState(null, '', to)
    this.#read()
    scrollTo(0, 0)
    document.getElementById('main')?.focus({ preventScroll: true })
  }

  #read(): void {
    this.path = location.pathname
    this.query = new URLSearchParams(location.search)
  }
}

export const route = new Route()
