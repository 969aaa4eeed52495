/** An age for a sentence: `under a minute`, `12 min`, `31 h`, `3 days`. */
export function ageText(hours: number): string {
  if (hours * 60 < 1) return 'under a minute'
  if (hours < 1) return `${String(Math.round(hours * 60))} min`
  return hours < 48 ? `${String(Math.floor(hours))} h` : `${String(Math.floor(hours / 24))} days`
}
