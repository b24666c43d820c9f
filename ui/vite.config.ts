import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// The collector serves what is built: no maps, no data URLs, names by content.
export default defineConfig({
  // Below whatever path the collector serves the page: index.html says it.
  base: './',
  plugins: [svelte()],
  build: {
    outDir: '../extension/datastreamsextension/internal/web/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: { proxy: { '/api': 'http://127.0.0.1:13134' } },
})
