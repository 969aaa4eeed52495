import { join } from 'node:path'
import { defineConfig } from 'electron-vite'

export default defineConfig({
  main: {
    build: {
      // Pure JavaScript is bundled. What stays outside is loaded from node_modules.
      externalizeDeps: false,
      target: 'node24',
      minify: false,
      sourcemap: true,
      rollupOptions: {
        input: {
          browser: join(import.meta.dirname, 'main/browser/main.ts'),
          cli: join(import.meta.dirname, 'main/cli/main.ts'),
          desktop: join(import.meta.dirname, 'main/desktop/main.ts'),
          job: join(import.meta.dirname, 'main/app/job-main.ts'),
        },
        // The last two are optional parts of ssh2 that nobody compiles: it does without them.
        external: ['electron', 'better-sqlite3', 'keytar', 'pg-native', 'cpu-features', /sshcrypto\.node$/],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          // Flat: `new URL('./job.js', import.meta.url)` must mean the same in every chunk.
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      minify: false,
      rollupOptions: {
        input: join(import.meta.dirname, 'preload/index.ts'),
        external: ['electron'],
        // A sandboxed preload is one CommonJS file.
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
})
