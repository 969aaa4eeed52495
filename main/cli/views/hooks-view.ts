import type { Connection, Hook, RestoreCheck } from '../../../preload/contract/index.ts'

/** A connection's hooks and checks, a line each, in their order; none where there are none. */
export function hookLines({ hooks, checks }: Pick<Connection, 'hooks' | 'checks'>): readonly string[] {
  return [
    ...(hooks.length === 0 ? [] : ['', 'Hooks, in their order:', ...hooks.map((hook) => `  ${hookText(hook)}`)]),
    ...(checks.length === 0 ? [] : ['', 'Checks after a restore:', ...checks.map((check) => `  ${checkText(check)}`)]),
  ]
}

function hookText({ name, on, phase, action, timeoutSeconds }: Hook): string {
  const what = { command: 'runs', sql: 'SQL:', url: 'asks' }[action.kind]
  return `${phase} ${on}: ${name} (${what} ${actionText(action)}; at most ${String(timeoutSeconds)} s)`
}

function actionText(action: Hook['action']): string {
  switch (action.kind) {
    case 'command':
      return action.argv.join(' ')
    case 'sql':
      return shortened(action.sql)
    case 'url':
      return `${action.method} ${action.url}`
  }
}

function checkText({ name, test }: RestoreCheck): string {
  switch (test.kind) {
    case 'query': {
      const { expected, account } = test
      const value = expected.kind === 'as-at-backup' ? 'as at the backup' : JSON.stringify(expected.value)
      return `${name} (${shortened(test.sql)} → ${value}${account === null ? '' : `, asked as ${account}`})`
    }
    case 'url':
      return `${name} (${test.url}, tried for ${String(test.retrySeconds)} s)`
    case 'command':
      return `${name} (runs ${test.argv.join(' ')})`
  }
}

function shortened(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim()
  return line.length <= 60 ? line : `${line.slice(0, 60)}…`
}
