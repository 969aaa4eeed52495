import { defineConfig } from 'vitest/config'

/** Tests that start real servers or programs; all others need nothing but Node.js. */
const needsServers = '*.{server,fault,exploit}.test.ts'
const folders = '{main,preload,renderer,scripts,e2e}'

const isLong = process.env['HOLDFAST_LONG'] === '1'
const minute = 60_000

export default defineConfig({
  test: {
    globalSetup: 'scripts/build-steps/kernel.ts',
    // A test that forgets a HOLDFAST_HOME of its own must not reach the person's.
    env: { HOLDFAST_HOME: '/dev/null/set-HOLDFAST_HOME-in-the-test' },
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Half of their time was the loading of modules, once per file. They leave nothing behind in a module.
          isolate: false,
          include: [`${folders}/**/*.test.{ts,tsx}`],
          exclude: [`**/${needsServers}`, '**/node_modules/**'],
          testTimeout: isLong ? 10 * minute : 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          include: [`${folders}/**/${needsServers}`],
          testTimeout: isLong ? 60 * minute : 3 * minute,
          hookTimeout: 2 * minute,
        },
      },
    ],
  },
})
