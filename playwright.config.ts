import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { chromiumPath } from './e2e/servers/installed.ts'

const minute = 60_000
// Two runs at a time don't remove each other's traces; workers read it from their parent.
const outputDir = (process.env['HOLDFAST_WINDOW_RUN'] ??= join(
  tmpdir(),
  `holdfast-window-tests-${String(process.pid)}`,
))
const isRoot = process.getuid?.() === 0

/** The specs of the window, in the Chromium or Chrome of this machine. */
export default defineConfig({
  testDir: 'e2e/window',
  testMatch: '*.spec.ts',
  // A spec often waits for one process; more than two make each other slow.
  workers: Math.min(2, availableParallelism()),
  // Both are for machines that do much else.
  timeout: process.env['HOLDFAST_LONG'] === '1' ? 10 * minute : 5 * minute,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: 'list',
  outputDir,
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    // What the page held is enough to see why; a film of it costs a tenth of the time.
    trace: { mode: 'retain-on-failure', screenshots: false },
    video: 'off',
    launchOptions: {
      ...(chromiumPath() === null ? {} : { executablePath: chromiumPath() ?? '' }),
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
})
