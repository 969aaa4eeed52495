import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { send } from './reply.ts'

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { max-width: 30rem; padding: 1.5rem; }
h1 { font-size: 1.25rem; margin: 0 0 .75rem; }
p { margin: 0 0 .75rem; }
kbd { font: inherit; border: 1px solid GrayText; border-radius: 4px; padding: 0 .3em; }
`

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Holdfast: no session</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>This browser has no session with Holdfast</h1>
<p>An address with a token works once, and a session ends when Holdfast ends.</p>
<p>Press <kbd>Enter</kbd> in the terminal where Holdfast runs: it prints a new address. Open that one here.</p>
</main>
</body>
</html>
`

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Answers the page for a browser without a session. It needs no other file. */
export function sendSessionPage(response: ServerResponse): void {
  send(response, 401, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy }, page)
}
