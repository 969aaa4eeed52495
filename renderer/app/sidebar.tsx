import { useRouterState } from '@tanstack/react-router'
import {
  Activity,
  Columns2,
  Database,
  HardDrive,
  House,
  Package,
  RotateCcw,
  Search,
  Settings,
  type LucideIcon,
} from 'lucide-react'
import { Button, Link } from 'react-aria-components'
import { useMethod } from '../lib/api.ts'
import { cx } from '../lib/class-names.ts'
import { formatCount } from '../lib/format.ts'
import { hasEnded, useJobs } from '../lib/jobs.ts'
import { Logo } from './logo.tsx'

interface Entry {
  readonly href: string
  readonly label: string
  readonly icon: LucideIcon
  readonly note?: string | undefined
  readonly isBad?: boolean
}

/** The navigation. Narrow: icons alone; narrower: a row on top. */
export function Sidebar({ onFind }: { readonly onFind: () => void }) {
  const status = useMethod('status.get', {})
  const connections = useMethod('connections.list', {})
  const destinations = useMethod('destinations.list', {})
  const secrets = useMethod('secrets.status', {})
  const running = useJobs().filter((job) => !hasEnded(job)).length
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const attention = status.data?.attention.filter(({ severity }) => severity !== 'warning').length ?? 0
  const groups: readonly { readonly title: string | null; readonly entries: readonly Entry[] }[] = [
    {
      title: null,
      entries: [
        {
          href: '/',
          label: 'Overview',
          icon: House,
          note: attention === 0 ? undefined : String(attention),
          isBad: true,
        },
        { href: '/backups', label: 'Backups', icon: Package, note: count(status.data?.backups) },
        { href: '/restore', label: 'Restore', icon: RotateCcw },
        { href: '/compare', label: 'Compare', icon: Columns2 },
      ],
    },
    {
      title: 'Set up',
      entries: [
        { href: '/connections', label: 'Connections', icon: Database, note: count(connections.data?.length) },
        { href: '/destinations', label: 'Destinations', icon: HardDrive, note: count(destinations.data?.length) },
      ],
    },
    {
      title: 'Record',
      entries: [
        {
          href: '/activity',
          label: 'Activity',
          icon: Activity,
          note: running === 0 ? undefined : `${String(running)} running`,
        },
        { href: '/settings', label: 'Settings', icon: Settings },
      ],
    },
  ]
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 z-20 flex h-dvh flex-col gap-0.5 overflow-y-auto border-r border-line bg-surface-2 px-2.5 py-3.5 max-[1100px]:px-2 max-sm:static max-sm:h-auto max-sm:flex-row max-sm:overflow-x-auto max-sm:border-r-0 max-sm:border-b max-sm:py-1.5"
    >
      <div className="flex items-center gap-2 px-2 pt-1 pb-3.5 text-[15px] font-semibold max-sm:hidden max-[1100px]:justify-center max-[1100px]:px-0">
        <Logo />
        <span className="max-[1100px]:sr-only">Holdfast</span>
      </div>
      <Button
        onPress={onFind}
        className="focus-ring mb-2 flex h-[30px] cursor-default items-center gap-2 rounded-md border border-line bg-surface px-2 text-sm text-ink-2 data-[hovered]:border-line-strong max-[1100px]:justify-center max-sm:mb-0"
      >
        <Search size={14} aria-hidden />
        <span className="flex-1 text-left max-[1100px]:sr-only">Find or run…</span>
        <kbd className="rounded border border-line bg-surface-2 px-1 font-mono text-[11px] text-ink-3 max-[1100px]:hidden">
          {isMac ? '⌘K' : 'Ctrl K'}
        </kbd>
      </Button>
      {groups.map(({ title, entries }) => (
        <div key={title ?? ''} className="contents">
          {title === null ? null : (
            <div className="px-2 pt-3.5 pb-1 text-xs text-ink-3 max-[1100px]:sr-only">{title}</div>
          )}
          {entries.map((entry) => (
            <NavLink key={entry.href} entry={entry} isCurrent={isCurrent(path, entry.href)} />
          ))}
        </div>
      ))}
      {secrets.data === undefined ? null : (
        <p className="mt-auto mb-0 border-t border-line px-2 pt-2 text-xs text-ink-3 max-[1100px]:sr-only">
          {secrets.data.sentence}
        </p>
      )}
    </nav>
  )
}

function NavLink({ entry, isCurrent: isHere }: { readonly entry: Entry; readonly isCurrent: boolean }) {
  const Icon = entry.icon
  return (
    <Link
      href={entry.href}
      {...(isHere ? { 'aria-current': 'page' as const } : {})}
      className={cx(
        'focus-ring relative flex h-8 shrink-0 cursor-default items-center gap-2.5 rounded-md px-2 font-medium no-underline max-[1100px]:justify-center',
        isHere ? 'bg-surface text-ink ring-1 ring-line ring-inset' : 'text-ink-2 data-[hovered]:text-ink',
      )}
    >
      <Icon size={16} strokeWidth={1.7} aria-hidden className="shrink-0" />
      <span className="max-[1100px]:sr-only">{entry.label}</span>
      {entry.note === undefined ? null : (
        <span
          className={cx(
            'ml-auto text-xs max-[1100px]:sr-only',
            entry.isBad === true ? 'font-semibold text-bad' : 'text-ink-3',
          )}
        >
          {entry.note}
          {entry.isBad === true ? <span className="sr-only"> need attention</span> : null}
        </span>
      )}
    </Link>
  )
}

const isMac = navigator.platform.startsWith('Mac')

function count(value: number | undefined): string | undefined {
  return value === undefined || value === 0 ? undefined : formatCount(value)
}

function isCurrent(path: string, href: string): boolean {
  if (href === '/') return path === '/'
  const also = { '/backups': ['/back-up', '/inspect'], '/restore': ['/restores'] }[href] ?? []
  return [href, ...also].some((each) => path === each || path.startsWith(`${each}/`))
}
