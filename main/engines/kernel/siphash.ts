const mask = (1n << 64n) - 1n

/** Rounds per word, and in each half of the end: 2 and 4 in SipHash-2-4, 1 and 3 in SipHash-1-3. */
export interface SipHashRounds {
  readonly compression: number
  readonly finalization: number
}

/**
 * SipHash with 128 bits of result, after the paper of Aumasson and Bernstein and its reference implementation
 * (https://github.com/veorq/SipHash). The low 64 bits of the result are the first 8 bytes of the reference's output.
 */
export function sipHash128(key: Uint8Array, bytes: Uint8Array, rounds: SipHashRounds): bigint {
  const k0 = wordAt(key, 0)
  const k1 = wordAt(key, 8)
  const state: State = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn ^ 0xeen,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ]
  const whole = bytes.length - (bytes.length % 8)
  for (let at = 0; at < whole; at += 8) absorb(state, wordAt(bytes, at), rounds.compression)
  absorb(state, wordAt(bytes, whole) | (BigInt(bytes.length & 0xff) << 56n), rounds.compression)
  state[2] ^= 0xeen
  mix(state, rounds.finalization)
  const low = fold(state)
  state[1] ^= 0xddn
  mix(state, rounds.finalization)
  return (fold(state) << 64n) | low
}

type State = [bigint, bigint, bigint, bigint]

function wordAt(bytes: Uint8Array, at: number): bigint {
  let word = 0n
  for (let index = Math.min(7, bytes.length - at - 1); index >= 0; index -= 1) {
    word = (word << 8n) | BigInt(bytes[at + index] ?? 0)
  }
  return word
}

function absorb(state: State, word: bigint, rounds: number): void {
  state[3] ^= word
  mix(state, rounds)
  state[0] ^= word
}

function mix(state: State, rounds: number): void {
  let [a, b, c, d] = state
  for (let round = 0; round < rounds; round += 1) {
    a = (a + b) & mask
    b = rotate(b, 13n) ^ a
    a = rotate(a, 32n)
    c = (c + d) & mask
    d = rotate(d, 16n) ^ c
    a = (a + d) & mask
    d = rotate(d, 21n) ^ a
    c = (c + b) & mask
    b = rotate(b, 17n) ^ c
    c = rotate(c, 32n)
  }
  state[0] = a
  state[1] = b
  state[2] = c
  state[3] = d
}

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & mask
}

function fold([a, b, c, d]: State): bigint {
  return a ^ b ^ c ^ d
}
