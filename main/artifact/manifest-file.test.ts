import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import { testContents, testDraft, testKey } from './artifact.testing.ts'
import { fingerprintOf, generateIdentity } from './keys.ts'
import {
  artifactNameOf,
  canonicalJson,
  createManifest,
  manifestNameOf,
  maximumManifestBytes,
  openContents,
  parseManifest,
} from './manifest-file.ts'
import { originOf } from './trust.ts'

const sha = 'ab'.repeat(32)
const draft = testDraft({ plaintextBytes: 10, plaintextSha256: sha, artifactBytes: 5, artifactSha256: sha })
const key = testKey()
const { identity, recipient } = await generateIdentity()
const plain = await createManifest(draft, testContents, [], key)
const sealed = await createManifest(draft, testContents, [recipient], key)

function failureOf(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** The document of a manifest's file, changed, as bytes. */
function changed(bytes: Uint8Array, change: (document: Record<string, unknown>) => void): Uint8Array {
  const document = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>
  change(document)
  return Buffer.from(JSON.stringify(document))
}

describe('a manifest', () => {
  it('is read back as it was written, sealed or open', () => {
    expect(parseManifest(plain.bytes)).toEqual(plain.manifest)
    expect(parseManifest(sealed.bytes)).toEqual(sealed.manifest)
  })

  it('is read back however it is spelled', () => {
    const compact = Buffer.from(canonicalJson(JSON.parse(Buffer.from(plain.bytes).toString())))
    expect(parseManifest(compact)).toEqual(plain.manifest)
  })

  it.each([
    ['database', 'other'],
    ['artifactSha256', 'cd'.repeat(32)],
    ['plaintextBytes', 11],
    ['description', 'edited'],
    ['connection', { id: 'x', name: 'other', environment: 'development' }],
    ['addedByHand', true],
  ])('with another %s is not the one that was signed', (field, value) => {
    const bytes = changed(plain.bytes, (document) => {
      document[field] = value
    })
    expect(failureOf(() => parseManifest(bytes)).code).toBe('SIGNATURE_INVALID')
  })

  it('with the signature of another manifest, or key, is refused', async () => {
    const other = await createManifest({ ...draft, description: 'other' }, testContents, [], key)
    const stranger = await createManifest(draft, testContents, [], testKey())
    for (const { manifest } of [other, stranger]) {
      const swapped = changed(plain.bytes, (document) => {
        document['signature'] = { ...manifest.signature, publicKey: key.publicKey }
      })
      expect(failureOf(() => parseManifest(swapped)).code).toBe('SIGNATURE_INVALID')
    }
  })

  it('keeps the signature of fields that a later minor version adds', async () => {
    const later = { ...draft, addedLater: { some: 'value' } }
    // Signed with the field in it, as a later version would.
    const document = JSON.parse(
      Buffer.from((await createManifest(later, testContents, [], key)).bytes).toString(),
    ) as Record<string, unknown>
    delete document['signature']
    document['addedLater'] = { some: 'value' }
    const value = key.sign(Buffer.from(canonicalJson(document)))
    const bytes = Buffer.from(
      JSON.stringify({ ...document, signature: { algorithm: 'Ed25519', publicKey: key.publicKey, value } }),
    )
    expect(parseManifest(bytes).id).toBe(draft.id)
  })

  it('of a newer format says which version reads it', () => {
    const newer = changed(plain.bytes, (document) => {
      document['version'] = 2
      document['appVersion'] = '9.1.0'
    })
    const failure = failureOf(() => parseManifest(newer))
    expect(failure.code).toBe('MANIFEST_TOO_NEW')
    expect(failure.remedy).toContain('Holdfast 9.1.0')
  })

  it.each([
    ['empty', ''],
    ['not JSON', '{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['another document', '{"version":1}'],
    ['without version', '{"holdfast":"backup-manifest"}'],
    ['with nothing in it', '{"holdfast":"backup-manifest","version":1}'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['with half a character', '{"holdfast":"backup-manifest","version":1,"id":"\\ud800"}'],
    ['nested deeply', `{"holdfast":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ])('that is %s is invalid', (_what, text) => {
    expect(failureOf(() => parseManifest(Buffer.from(text))).code).toBe('MANIFEST_INVALID')
  })

  it('that is too long is refused unread', () => {
    expect(failureOf(() => parseManifest(Buffer.alloc(maximumManifestBytes + 1, 0x20))).code).toBe('MANIFEST_INVALID')
  })

  it('with both contents and sealed, or neither, is invalid', () => {
    const both = changed(sealed.bytes, (document) => (document['contents'] = testContents))
    const neither = changed(sealed.bytes, (document) => (document['sealed'] = null))
    for (const bytes of [both, neither]) expect(failureOf(() => parseManifest(bytes)).code).toBe('MANIFEST_INVALID')
  })

  it('has a name beside its artifact', () => {
    expect(manifestNameOf('a/b.dump')).toBe('a/b.dump.manifest.json')
    expect(artifactNameOf('a/b.dump.manifest.json')).toBe('a/b.dump')
    expect(artifactNameOf('a/b.dump')).toBeNull()
  })
})

describe('contents', () => {
  it('are sealed to the recipients: nothing of them stands in the open', async () => {
    const text = Buffer.from(sealed.bytes).toString()
    expect(text).not.toContain(testContents.fingerprintKey)
    expect(sealed.manifest.contents).toBeNull()
    expect(sealed.manifest.encryption?.fingerprints).toEqual([fingerprintOf(recipient)])
    expect(await openContents(sealed.manifest, [identity])).toEqual(testContents)
  })

  it('stand in the open where nothing is encrypted', async () => {
    expect(await openContents(plain.manifest, [])).toEqual(testContents)
  })

  it('name the key that is needed', async () => {
    const stranger = await generateIdentity()
    const work = openContents(sealed.manifest, [stranger.identity])
    await expect(work).rejects.toMatchObject({ code: 'KEY_MISSING' })
    await expect(work).rejects.toThrow(fingerprintOf(recipient))
  })

  it('that are damaged are invalid', async () => {
    const broken = {
      ...sealed.manifest,
      sealed: (sealed.manifest.sealed ?? '').replace(/[A-Z](?=[^\n]*\n-----END)/, '0'),
    }
    await expect(openContents(broken, [identity])).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
    await expect(openContents({ ...sealed.manifest, sealed: 'x' }, [identity])).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
    })
  })
})

describe('canonical JSON', () => {
  it('is that of RFC 8785', () => {
    const value = {
      '\u20ac': 'Euro',
      '\r': 'CR',
      '1': 'One',
      '\ud83d\ude02': 'Smiley',
      ö: 1e21,
      numbers: [333333333.3333333, 4.5, 2e-3],
    }
    expect(canonicalJson(value)).toBe(
      '{"\\r":"CR","1":"One","numbers":[333333333.3333333,4.5,0.002],"ö":1e+21,"€":"Euro","😂":"Smiley"}',
    )
  })

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed())
        expect(canonicalJson(reversed)).toBe(canonicalJson(value))
      }),
    )
  })
})

describe('origin', () => {
  const trusted = { own: key.publicKey, adopted: ['adopted'], colleagues: ['colleague'] }
  const signedBy = (publicKey: string) => originOf({ signature: { ...plain.manifest.signature, publicKey } }, trusted)

  it('is told by the public key', () => {
    expect(originOf(plain.manifest, trusted)).toBe('own')
    expect(signedBy('adopted')).toBe('adopted')
    expect(signedBy('colleague')).toBe('colleague')
    expect(signedBy('somebody')).toBe('unknown')
  })
})

describe('mutated manifests', () => {
  it('give a typed error, never anything else', () => {
    const codes = ['MANIFEST_INVALID', 'MANIFEST_TOO_NEW', 'SIGNATURE_INVALID']
    const edit = fc.tuple(
      fc.nat({ max: plain.bytes.length - 1 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 3 }),
    )
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        let bytes = Buffer.from(plain.bytes)
        for (const [at, value, removed] of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(value), bytes.subarray(at + removed)])
        }
        try {
          expect(parseManifest(bytes)).toEqual(plain.manifest)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          expect(codes).toContain(error.code)
        }
      }),
      { numRuns: 400 },
    )
  })
})
