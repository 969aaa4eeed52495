/** Arguments of the command line: options without a value are `true`; what is null, false or undefined is left out. */
export type CliOptions = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>

const plain = /^[A-Za-z0-9_./:@%+=,-]+$/

/** The command that does the same, ready to be pasted into a terminal: `holdfast backup shop --to NAS`. */
export function cliCommand(words: readonly string[], options: CliOptions = {}): string {
  const said = Object.entries(options).flatMap(([name, value]) => {
    if (value === null || value === undefined || value === false) return []
    if (value === true) return [`--${name}`]
    return (typeof value === 'object' ? value : [value]).map((each) => `--${name} ${quoted(String(each))}`)
  })
  return ['holdfast', ...words.map(quoted), ...said].join(' ')
}

function quoted(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
