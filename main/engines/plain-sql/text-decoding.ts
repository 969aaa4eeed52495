/** Reads the bytes of a dump as text. */
export type DecodeText = (bytes: Uint8Array) => string

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Names that the encoding standard gives to encodings of PostgreSQL, where they aren't the same but for letter case. */
const labels: Readonly<Record<string, string>> = {
  EUC_CN: 'gb2312',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN5: 'iso-8859-9',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  ISO_8859_5: 'iso-8859-5',
  ISO_8859_6: 'iso-8859-6',
  ISO_8859_7: 'iso-8859-7',
  ISO_8859_8: 'iso-8859-8',
  WIN866: 'ibm866',
  WIN874: 'windows-874',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  WIN1253: 'windows-1253',
  WIN1254: 'windows-1254',
  WIN1255: 'windows-1255',
  WIN1256: 'windows-1256',
  WIN1257: 'windows-1257',
  WIN1258: 'windows-1258',
}

/** UTF-8, and byte by byte (ISO 8859-1) where it isn't: different bytes stay different. */
export const decodeUtf8: DecodeText = (bytes) => {
  try {
    return utf8.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return Buffer.from(bytes).toString('latin1')
    throw error
  }
}

/** How to read text in this encoding (PostgreSQL's name of it); as UTF-8 where it isn't known. */
export function textDecoding(encoding: string): DecodeText {
  if (encoding === 'LATIN1') return (bytes) => Buffer.from(bytes).toString('latin1')
  const label = labels[encoding]
  if (label === undefined) return decodeUtf8
  const decoder = new TextDecoder(label)
  return (bytes) => decoder.decode(bytes)
}

/** The encoding of a `SET client_encoding = 'UTF8';`; null where it is something else. */
export function encodingOf(statement: string): string | null {
  return /^SET client_encoding = '([A-Za-z0-9_]+)';/.exec(statement)?.[1] ?? null
}
