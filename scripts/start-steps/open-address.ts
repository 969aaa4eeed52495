import { spawn } from 'node:child_process'

/** The program of each system that opens an address in the default browser, with its arguments. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['/usr/bin/open'],
  win32: ['rundll32.exe', 'url.dll,FileProtocolHandler'],
}

/** Opens an address in the default browser. Where that can't be, nothing happens: the address was printed. */
export function openAddress(address: string, platform = process.platform): void {
  const [program = '', ...args] = openers[platform] ?? ['xdg-open']
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true })
  child.once('error', () => undefined)
  child.unref()
}
