import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { methods, type MethodInput, type MethodName } from '../../preload/contract/index.ts'
import type { Application } from '../app/host.ts'
import { readJsonBody, type BodyLimits } from './read-body.ts'
import { sendFailure, sendJson } from './reply.ts'

/** Answers `POST /api/<method>`: the method's own answer with status 200, whether it is good news or not. */
export async function answerCall(
  application: Pick<Application, 'invoke'>,
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly name: string; readonly limits: BodyLimits },
): Promise<void> {
  const { name, limits } = options
  if (!isMethod(name)) {
    refuse(request, response, 404, 'There is no such method.')
    return
  }
  if (request.method !== 'POST') {
    refuse(request, response, 405, 'Methods are called with POST.', { Allow: 'POST' })
    return
  }
  const body = await readJsonBody(request, limits)
  if (!body.ok) {
    refuse(request, response, body.status, body.message)
    return
  }
  const answer = await application.invoke(name, body.value as MethodInput<typeof name>)
  // The window may be gone by now; what it started goes on.
  if (!response.destroyed) sendJson(response, 200, answer)
}

/** An own property of the contract: `constructor` and `__proto__` are no methods. */
function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name)
}

/** Answers before the body was read, and reads no more of it: the connection can't be used again. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response.once('finish', () => request.destroy())
  sendFailure(response, status, { code: 'USAGE', message }, { ...headers, Connection: 'close' })
}
