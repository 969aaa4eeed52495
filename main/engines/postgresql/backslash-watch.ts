import type { ScriptTraits } from './psql-tool.ts'

const backslash = 0x5c
const lift = 'unrestrict'
/** The two commands of `pg_dump` that are left out of a script. */
const ofPgDump = { lifts: 1, backslashes: 2 }

/** Looks at the bytes of a script for backslashes, without any idea of where strings begin and end. */
export class BackslashWatch {
  #carry = Buffer.alloc(0)
  #lifts = 0
  #backslashes = 0

  write(chunk: Uint8Array): void {
    this.#look(Buffer.concat([this.#carry, chunk]), false)
  }

  /** After the last byte. `hasRestriction`: the script has the commands of `pg_dump`, and they are left out. */
  end(hasRestriction: boolean): ScriptTraits {
    this.#look(this.#carry, true)
    return {
      liftsRestriction: this.#lifts > (hasRestriction ? ofPgDump.lifts : 0),
      hasBackslashes: this.#backslashes > (hasRestriction ? ofPgDump.backslashes : 0),
    }
  }

  #look(bytes: Buffer, isLast: boolean): void {
    let at = bytes.indexOf(backslash)
    while (at >= 0 && (isLast || at + lift.length < bytes.length)) {
      const next = bytes[at + 1]
      if (next !== 0x4e && next !== 0x2e) this.#backslashes += 1
      if (next === 0x75 && bytes.toString('latin1', at + 1, at + 1 + lift.length) === lift) this.#lifts += 1
      at = bytes.indexOf(backslash, at + 1)
    }
    this.#carry = at < 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at))
  }
}
