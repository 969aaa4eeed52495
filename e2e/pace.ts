import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg, platform } from 'node:os'

/**
 * How long something may take here and now that may take `limitMs` on a machine with nothing else to do: as many times longer as
 * there is more to do than processors. On an idle machine it is `limitMs`.
 */
export function paced(limitMs: number): number {
  const [lastMinute = 0] = loadavg()
  return limitMs * Math.max(1, Math.max(lastMinute, runnableNow()) / availableParallelism())
}

/** What runs or waits for a processor at this moment, as `1.20 0.90 0.70 3/415 2817` says it: three. */
function runnableNow(): number {
  if (platform() !== 'linux') return 0
  return Number(/ (\d+)\//.exec(readFileSync('/proc/loadavg', 'utf8'))?.[1] ?? 0)
}
