import { describe, expect, it } from 'vitest'
import {
  fingerprintKeyFrom,
  fingerprintOf,
  generateIdentity,
  generateSigningSeed,
  isRecipient,
  isSignatureValid,
  recipientOf,
  signingKeyFromSeed,
} from './keys.ts'
import { selfTestCodecs } from './self-test.ts'

describe('signing keys', () => {
  it('are those of RFC 8032', () => {
    // Section 7.1, test 2.
    const key = signingKeyFromSeed(
      Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'),
    )
    expect(Buffer.from(key.publicKey, 'base64').toString('hex')).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    )
    expect(Buffer.from(key.sign(Buffer.of(0x72)), 'base64').toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
  })

  it('verify what they signed and nothing else', () => {
    const key = signingKeyFromSeed(generateSigningSeed())
    const text = Buffer.from('text')
    const signature = key.sign(text)
    expect(isSignatureValid(key.publicKey, signature, text)).toBe(true)
    expect(isSignatureValid(key.publicKey, signature, Buffer.from('texu'))).toBe(false)
    expect(isSignatureValid(signingKeyFromSeed(generateSigningSeed()).publicKey, signature, text)).toBe(false)
    expect(isSignatureValid(key.publicKey, signature.slice(0, -4), text)).toBe(false)
    expect(isSignatureValid(key.publicKey, `${signature}\n`, text)).toBe(false)
    expect(isSignatureValid('', '', text)).toBe(false)
  })

  it('refuse a seed of the wrong length', () => {
    expect(() => signingKeyFromSeed(Buffer.alloc(31))).toThrow(/32 bytes/)
  })
})

describe('age keys', () => {
  it('belong together and have a readable fingerprint', async () => {
    const { identity, recipient } = await generateIdentity()
    expect(await recipientOf(identity)).toBe(recipient)
    expect(isRecipient(recipient)).toBe(true)
    expect(isRecipient(identity)).toBe(false)
    expect(fingerprintOf(recipient)).toMatch(/^([0-9a-f]{4}-){3}[0-9a-f]{4}$/)
    await expect(recipientOf('AGE-SECRET-KEY-1NOT')).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })
})

it('fingerprint keys that are equal have equal ids', () => {
  const one = fingerprintKeyFrom(Buffer.alloc(16, 1))
  expect(fingerprintKeyFrom(Buffer.alloc(16, 1)).id).toBe(one.id)
  expect(fingerprintKeyFrom(Buffer.alloc(16, 2)).id).not.toBe(one.id)
  expect(one.id).toMatch(/^[0-9a-f]{16}$/)
})

it('the codecs of this runtime work as they must', async () => {
  await expect(selfTestCodecs()).resolves.toBeUndefined()
})
