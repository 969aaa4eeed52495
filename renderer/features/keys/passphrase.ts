/** The contract asks for as many. */
export const leastLength = 8

/** What is still missing of a new passphrase; null when it is complete. */
export function missingOfPassphrase(passphrase: string, again: string): string | null {
  if (passphrase.length < leastLength) return `Type a passphrase of at least ${String(leastLength)} characters.`
  return passphrase === again ? null : 'The two passphrases are not the same yet.'
}
