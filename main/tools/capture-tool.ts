import { Writable } from 'node:stream'
import { runTool, type ToolExit, type ToolRun } from './run-tool.ts'

/** What a short run printed. */
export interface CapturedOutput extends ToolExit {
  readonly stdout: string
}

/** Runs a tool whose output is small and keeps it, at most `limitBytes` (the rest is dropped). Fails as `runTool` does. */
export async function captureTool(run: Omit<ToolRun, 'stdout'>, limitBytes = 1024 * 1024): Promise<CapturedOutput> {
  const chunks: Buffer[] = []
  let keptBytes = 0
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      if (keptBytes < limitBytes) chunks.push(chunk.subarray(0, limitBytes - keptBytes))
      keptBytes += chunk.length
      callback()
    },
  })
  const exit = await runTool({ ...run, stdout: sink })
  return { ...exit, stdout: Buffer.concat(chunks).toString('utf8') }
}
