import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { AppError, type ErrorCode } from '../../preload/contract/index.ts'
import { contentSecurityPolicy } from '../app/window-policy.ts'

/** The headers of every answer; a page with rules of its own overwrites some. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()',
  'Cache-Control': 'no-store',
}

/** Answers a whole body, or nothing where it was asked with HEAD. */
export function send(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer = '',
): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, { ...securityHeaders, ...headers, 'Content-Length': bytes.length })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

/** Answers JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, status, { 'Content-Type': 'application/json; charset=utf-8', ...headers }, JSON.stringify(body))
}

/** Answers a failure in the form of a method's answer, with a status that says that no method was called. */
export function sendFailure(
  response: ServerResponse,
  status: number,
  failure: { readonly code: ErrorCode; readonly message: string; readonly remedy?: string },
  headers: OutgoingHttpHeaders = {},
): void {
  const error = new AppError(failure.code, failure.message, { remedy: failure.remedy ?? null }).toData()
  sendJson(response, status, { ok: false, error }, headers)
}
