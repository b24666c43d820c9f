/** The path that the page is served below, without a slash at its end: nothing,
 *  or what a proxy serves it under. index.html says it by its <base>. */
export const base = new URL(document.baseURI).pathname.replace(/[^/]*$/, '').replace(/\/$/, '')

/** to makes of a path of the page what a link to it needs. */
export function to(path: string): string {
  return base + path
}
