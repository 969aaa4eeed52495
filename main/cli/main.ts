/** The program `holdfast`. Only the version check is here, so that an old Node.js reaches it. */

const oldest = 24
const major = Number.parseInt(process.versions.node, 10)

if (major < oldest) {
  process.stderr.write(
    `holdfast: Node.js ${oldest} or newer is needed; this is ${process.versions.node} (${process.execPath}).\n` +
      '  From a checkout, "npm run -s holdfast -- <command>" uses the one that npm installed.\n',
  )
  process.exit(1)
}

const { runProcess } = await import('./process.ts')
await runProcess()

export {}
