// How the web application is built: files only, no inline scripts, so that the content security policy needs no exception.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Each text file also compressed, once here instead of at every request (1,000 KB become 270). */
const compressed: Plugin = {
  name: 'steward-compressed',
  apply: 'build',
  writeBundle({ dir }, bundle) {
    for (const [name, part] of Object.entries(bundle)) {
      if (!/\.(js|css)$/.test(name)) continue
      const content = Buffer.from(part.type === 'chunk' ? part.code : part.source)
      writeFileSync(join(dir!, `${name}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      writeFileSync(join(dir!, `${name}.gz`), gzipSync(content))
    }
  }
}

export default defineConfig({
  root: 'web',
  plugins: [react(), compressed],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500
  }
})
