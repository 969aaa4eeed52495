/**
 * A number that is small in `npm test` and as the requirement states it in `npm run test:long`.
 */
export function scaled(numbers: { readonly usually: number; readonly long: number }): number {
  return process.env['HOLDFAST_LONG'] === '1' ? numbers.long : numbers.usually
}
