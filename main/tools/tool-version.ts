/** What a program said about itself when asked for its version. */
export interface ToolVersion {
  /** Whose program it is: `PostgreSQL`, `MariaDB`, `MySQL`, `MongoDB`, `SQLite`. */
  readonly flavour: string
  /** The program's name as it prints it. */
  readonly program: string
  /** As printed: `15.18`, `16beta1`, `10.11.19-MariaDB`. */
  readonly version: string
  readonly major: number
  readonly minor: number
}

const lineLimit = 500
const number = String.raw`(\d{1,5})(?:\.(\d{1,5}))?[^\s,;)]{0,60}`

interface Pattern {
  readonly flavour: string
  readonly line: RegExp
}

/** `(program) … (version (major)(.minor)…)`, one for each way in which the vendors print it. */
const patterns: readonly Pattern[] = [
  { flavour: 'PostgreSQL', line: new RegExp(String.raw`^(\S{1,60}) \(PostgreSQL\) (${number})`) },
  { flavour: 'MariaDB', line: new RegExp(String.raw`^(\S{1,200})\s.{0,60}?from (${number}-MariaDB[^\s,;)]{0,60})`) },
  { flavour: 'MariaDB', line: new RegExp(String.raw`^(\S{1,200})\s.{0,60}?Distrib (${number}-MariaDB[^\s,;)]{0,60})`) },
  { flavour: 'MySQL', line: new RegExp(String.raw`^(\S{1,200})\s{1,4}Ver (${number}) for `) },
  { flavour: 'MongoDB', line: new RegExp(String.raw`^(mongo\S{1,40}) version: (${number})`) },
]

/** Reads the first lines of what a program prints for `--version`; null where they are not understood. Never throws. Pure. */
export function parseToolVersion(text: string): ToolVersion | null {
  for (const raw of text.slice(0, 4_000).split('\n', 5)) {
    const line = raw.slice(0, lineLimit).trimEnd()
    for (const pattern of patterns) {
      const match = pattern.line.exec(line)
      const [, program, version, major, minor] = match ?? []
      if (program === undefined || version === undefined || major === undefined) continue
      return { flavour: pattern.flavour, program, version, major: Number(major), minor: Number(minor ?? '0') }
    }
  }
  return null
}
