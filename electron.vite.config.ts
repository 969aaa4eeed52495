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
          cli: join(import.meta.dirname, 'main/cli/main.ts'),
          job: join(import.meta.dirname, 'main/app/job-main.ts'),
        },
        external: ['electron', 'better-sqlite3', 'keytar', 'pg-native'],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          // Flat: `new URL('./job.js', import.meta.url)` must mean the same in every chunk.
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  },
})
