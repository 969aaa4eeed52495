import { tmpdir } from 'node:os'
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
  // A spec starts processes and servers of its own; two at a time make each other slow.
  workers: 1,
  timeout: process.env['HOLDFAST_LONG'] === '1' ? 10 * minute : 2 * minute,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: 'list',
  outputDir,
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    video: 'off',
    launchOptions: {
      ...(chromiumPath() === null ? {} : { executablePath: chromiumPath() ?? '' }),
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
})
