import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'electron-vite'

const entries = {
  cli: 'main/cli/main.ts',
  job: 'main/app/job-main.ts',
}

export default defineConfig({
  main: {
    build: {
      // Pure JavaScript is bundled. What stays outside is loaded from node_modules.
      externalizeDeps: false,
      target: 'node24',
      minify: false,
      sourcemap: true,
      rollupOptions: {
        input: Object.fromEntries(
          Object.entries(entries)
            .map(([name, path]) => [name, join(import.meta.dirname, path)] as const)
            .filter(([, path]) => existsSync(path)),
        ),
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
