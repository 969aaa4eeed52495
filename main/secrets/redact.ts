/** What stands where a secret was. */
const mask = '[redacted]'
/** Shorter secrets are masked only where they stand alone: they would eat up ordinary words. */
const shortSecretLength = 4

/** Removes secrets from text. One per process: the logger's, and that of error details. */
export interface Redactor {
  /** From now on this value, and the ways in which it is commonly written, are masked. */
  register(secret: string | null): void
  /** `text` without registered secrets, without what looks like one, and without terminal control sequences. */
  redact(text: string): string
  /** For output that comes in pieces: whole lines come out redacted, however they were cut. */
  lines(onLine: (line: string) => void): LineRedactor
}

/** Takes pieces of text; of a line longer than 64 KiB the rest is left out. */
export interface LineRedactor {
  write(text: string): void
  /** The last line, if it has no end. */
  end(): void
}

const maximumLineLength = 64 * 1024
/** Of an overlong line so much more is looked at, so that no secret is cut in two unseen. */
const lookAheadLength = 16 * 1024

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const known = new Set<string>()
  let pattern: RegExp | null = null
  const redact = (text: string): string => {
    const plain = stripControls(text)
    const withoutKnown = pattern === null ? plain : plain.replace(pattern, mask)
    return redactPatterns(withoutKnown)
  }
  return {
    register(secret) {
      if (secret === null || secret === '') return
      for (const spelling of spellings(secret)) known.add(spelling)
      pattern = patternOf(known)
    },
    redact,
    lines: (onLine) => createLineRedactor(redact, onLine),
  }
}

/** The text without terminal control sequences, control characters but tab and newline, and invisible direction marks. */
export function stripControls(text: string): string {
  return text
    .replace(controls, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u2028\u2029]/g, '\n')
}

const controls = new RegExp(
  [
    // OSC, DCS, SOS, PM, APC up to their terminator; where it is missing, to the end of the line.
    String.raw`(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?`,
    // CSI.
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?`,
    // Other escape sequences.
    String.raw`\u001b[ -/]*[0-~]?`,
    String.raw`[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]`,
  ].join('|'),
  'g',
)

/** How a secret looks in URLs, JSON, connection strings, password files, shells and dumps. */
function spellings(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const bytes = Buffer.from(secret)
  const wellFormed = secret.toWellFormed()
  const all = [
    secret,
    wellFormed,
    encodeURIComponent(wellFormed),
    encodeURIComponent(wellFormed).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    encodeURI(wellFormed),
    json,
    secret.replace(/[\\']/g, '\\$&'),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", `'\\''`),
    secret.replace(/[\\"]/g, '\\$&'),
    secret.replace(/[:\\]/g, '\\$&'),
    ...secret.split(/\r?\n/).filter((line) => line.length >= 8),
    ...(bytes.length >= 6 ? [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')] : []),
  ]
  return all.flatMap((spelling) => [spelling, stripControls(spelling)]).filter((spelling) => spelling.trim() !== '')
}

function patternOf(known: ReadonlySet<string>): RegExp {
  const longestFirst = [...known].toSorted((a, b) => b.length - a.length)
  const alternatives = longestFirst.map((each) => {
    const literal = each.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    return each.length < shortSecretLength ? `(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])` : literal
  })
  return new RegExp(alternatives.join('|'), 'gu')
}

const keyWords = String.raw`pass(?:word|wd|phrase)?|pwd|pgpassword|mysql_pwd|secret(?:[-_]?(?:access[-_]?)?key)?|token|api[-_]?key|signing[-_ ]seed`

const shapes: readonly (readonly [RegExp, string])[] = [
  [/AGE-SECRET-KEY-[A-Z0-9-]+/gi, mask],
  // scheme://user:password@host, up to the last @ of the word.
  [/([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"'<>]{0,100}):[^\s"'<>]{0,500}@/gi, `$1:${mask}@`],
  // password='…' and "password": "…", with escaped and doubled quotes inside.
  [
    new RegExp(
      String.raw`((?<![a-z])[a-z_-]{0,40}(?:${keyWords})["']?\s{0,3}[=:]\s{0,3})'(?:[^'\\\n]|\\.|'')*'?`,
      'gi',
    ),
    `$1${mask}`,
  ],
  [
    new RegExp(String.raw`((?<![a-z])[a-z_-]{0,40}(?:${keyWords})["']?\s{0,3}[=:]\s{0,3})"(?:[^"\\\n]|\\.)*"?`, 'gi'),
    `$1${mask}`,
  ],
  [
    new RegExp(String.raw`((?<![a-z])[a-z_-]{0,40}(?:${keyWords})\s{0,3}=\s{0,3})(?!\[redacted\])[^\s"'&;,)]+`, 'gi'),
    `$1${mask}`,
  ],
]

function redactPatterns(text: string): string {
  return shapes.reduce((result, [shape, replacement]) => result.replace(shape, replacement), text)
}

function createLineRedactor(redact: (text: string) => string, onLine: (line: string) => void): LineRedactor {
  let held = ''
  let isSkipping = false
  const emit = (line: string) => {
    const whole = redact(line.slice(0, maximumLineLength + lookAheadLength))
    onLine(whole.length > maximumLineLength ? `${whole.slice(0, maximumLineLength)} [cut]` : whole)
  }
  return {
    write(text) {
      const lines = `${held}${text}`.split('\n')
      held = lines.pop() ?? ''
      for (const line of lines) {
        if (!isSkipping) emit(line)
        isSkipping = false
      }
      if (isSkipping) held = ''
      if (held.length <= maximumLineLength + lookAheadLength) return
      emit(held)
      held = ''
      isSkipping = true
    },
    end() {
      if (held !== '' && !isSkipping) emit(held)
      held = ''
    },
  }
}
