/**
 * The program `holdfast`: the version check, so that an old Node.js reaches it, and which host the first word means.
 * `serve` is the browser host; everything else is the command line.
 */

const oldest = 24
const major = Number.parseInt(process.versions.node, 10)

if (major < oldest) {
  process.stderr.write(
    `holdfast: Node.js ${oldest} or newer is needed; this is ${process.versions.node} (${process.execPath}).\n` +
      '  From a checkout, "npm run -s holdfast -- <command>" uses the one that npm installed.\n',
  )
  process.exit(1)
}

const [first, ...rest] = process.argv.slice(2)
if (first === 'serve') {
  const { serve } = await import('../browser/main.ts')
  process.exit(await serve(rest))
}
const { runProcess } = await import('./process.ts')
await runProcess()

export {}
