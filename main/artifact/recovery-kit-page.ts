/** What stands on the page of a recovery kit. Nothing of it is secret. */
export interface KitPageFacts {
  readonly recipient: string
  readonly fingerprint: string
  /** Public key of the installation's signatures, in base64. */
  readonly publicKey: string | null
  readonly installation: string | null
  readonly createdAt: Date
}

/** The printable page: a whole HTML document that loads nothing. */
export function kitPage({ recipient, fingerprint, publicKey, installation, createdAt }: KitPageFacts): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Key fingerprint', fingerprint],
    ['Recipient (public)', recipient],
    ['Signatures (public key)', publicKey],
    ['Installation', installation],
    ['Created', createdAt.toISOString()],
  ]
  const rows = facts.map(([name, value]) =>
    value === null ? '' : `<tr><th>${name}</th><td>${escapeHtml(value)}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Holdfast recovery kit ${escapeHtml(fingerprint)}</title>
<style>
body { font: 11pt/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }
th { text-align: left; padding-right: 1.5rem; white-space: nowrap; vertical-align: top }
td, code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
pre { background: #f3f3f3; padding: .75rem; white-space: pre-wrap }
.line { border-bottom: 1px solid #111; height: 2.2rem }
</style>
</head>
<body>
<h1>Holdfast recovery kit</h1>
<p>This page and the file <code>holdfast-kit.age</code> open every backup that is encrypted to the key below, on any machine,
without Holdfast. Without them, and without the computer that made the backups, nobody can open them.</p>
<table>${rows.join('\n')}</table>
<h2>Keep</h2>
<ol>
<li>The file <code>holdfast-kit.age</code>, on a medium away from the backups and from this computer.</li>
<li>Its passphrase, elsewhere. It is not on this page unless you write it here:<div class="line"></div></li>
</ol>
<h2>Restore without Holdfast</h2>
<p>With the programs <code>age</code> and <code>zstd</code>, in the folder of the backup:</p>
<pre>age -d -i holdfast-kit.age BACKUP.dump.zst.age | zstd -d &gt; BACKUP.dump
pg_restore --exit-on-error --create -d postgres BACKUP.dump
age -d -i holdfast-kit.age BACKUP.sqlite.zst.age | zstd -d &gt; BACKUP.sqlite</pre>
<p>The first and second restore a PostgreSQL backup, the third an SQLite database. <code>age</code> asks for the passphrase. The exact
commands for each backup stand in the file beside it that ends with <code>.manifest.json</code>, under
<code>restoreByHand</code>.</p>
<h2>With Holdfast on a new machine</h2>
<pre>holdfast key import --kit holdfast-kit.age --passphrase-file FILE</pre>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
