import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { z } from 'zod'
import { toAppError } from '../../preload/contract/index.ts'
import { ErrorNotice } from '../features/errors/error-notice.tsx'
import { TargetChoice } from '../features/restore/target-choice.ts'
import { LinkButton } from '../ui/button.tsx'
import { Empty, Loading, Page } from '../ui/page.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Broken })

/** Every page is a file of its own that is fetched when it is first opened. Apart from `addChildren`, which would make their types any. */
const pages = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../pages/overview.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/backups',
    component: lazyRouteComponent(() => import('../pages/backups.tsx'), 'BackupsPage'),
    validateSearch: z.object({
      view: z.enum(['list', 'timeline']).optional(),
      connection: z.string().optional(),
      text: z.string().optional(),
      badge: z.string().optional(),
      state: z.string().optional(),
      kind: z.string().optional(),
      engine: z.string().optional(),
      trigger: z.string().optional(),
      pinned: z.boolean().optional(),
      database: z.string().optional(),
      destination: z.string().optional(),
      format: z.string().optional(),
      by: z.string().optional(),
      from: z.string().optional(),
      to: z.string().optional(),
      days: z.number().int().min(0).max(36_600).optional().catch(undefined),
      sort: z.string().optional(),
      zoom: z.enum(['day', 'week', 'month']).optional(),
      until: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/backups/$backup',
    component: lazyRouteComponent(() => import('../pages/backup.tsx'), 'BackupPage'),
    validateSearch: z.object({
      table: z.string().optional(),
      column: z.string().optional(),
      value: z.string().nullable().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/backups/$backup/validate',
    component: lazyRouteComponent(() => import('../pages/validate.tsx'), 'ValidatePage'),
    validateSearch: z.object({
      level: z.string().optional(),
      scratch: z.string().optional(),
      job: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/back-up',
    component: lazyRouteComponent(() => import('../pages/back-up.tsx'), 'BackUpPage'),
    validateSearch: z.object({
      step: z.string().optional(),
      connection: z.string().optional(),
      job: z.string().optional(),
      form: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/inspect',
    component: lazyRouteComponent(() => import('../pages/inspect.tsx'), 'InspectPage'),
    validateSearch: z.object({
      picked: z.string().optional(),
      path: z.string().optional(),
      job: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/compare',
    component: lazyRouteComponent(() => import('../pages/compare.tsx'), 'ComparePage'),
    validateSearch: z.object({
      backup: z.string().optional(),
      with: z.string().optional(),
      live: z.string().optional(),
      job: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/restore',
    component: lazyRouteComponent(() => import('../pages/restore.tsx'), 'RestorePage'),
    validateSearch: z.object({
      step: z.string().optional(),
      connection: z.string().optional(),
      backup: z.string().optional(),
      before: z.string().optional(),
      // What can't be read is chosen anew.
      target: TargetChoice.optional().catch(undefined),
      plan: z.string().optional(),
      job: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/restores/$restore',
    component: lazyRouteComponent(() => import('../pages/restore-result.tsx'), 'RestoreResultPage'),
    validateSearch: z.object({
      show: z.enum(['undo', 'finish']).optional().catch(undefined),
      plan: z.string().optional(),
      job: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections',
    component: lazyRouteComponent(() => import('../pages/connections.tsx'), 'ConnectionsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections/new',
    component: lazyRouteComponent(() => import('../pages/add-connection.tsx'), 'AddConnectionPage'),
    validateSearch: z.object({ step: z.string().optional(), connection: z.string().optional() }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections/$connection',
    component: lazyRouteComponent(() => import('../pages/connection.tsx'), 'ConnectionPage'),
    validateSearch: z.object({ edit: z.boolean().optional() }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/destinations',
    component: lazyRouteComponent(() => import('../pages/destinations.tsx'), 'DestinationsPage'),
    validateSearch: z.object({
      add: z.boolean().optional(),
      job: z.string().optional(),
      destination: z.string().optional(),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/activity',
    component: lazyRouteComponent(() => import('../pages/activity.tsx'), 'ActivityPage'),
    validateSearch: z.object({ state: z.string().optional(), limit: z.number().int().positive().optional() }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/activity/$job',
    component: lazyRouteComponent(() => import('../pages/job.tsx'), 'JobPage'),
    validateSearch: z.object({ level: z.string().optional() }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: lazyRouteComponent(() => import('../pages/settings.tsx'), 'SettingsPage'),
    validateSearch: z.object({ section: z.string().optional(), step: z.string().optional() }),
  }),
] as const

const routeTree = root.addChildren(pages)

/** The window's addresses. */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultPendingComponent: () => <Loading what="the page" />,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

function NotFound() {
  return (
    <Page title="Not found">
      <Empty
        title="There is no such page."
        actions={
          <LinkButton href="/" variant="primary">
            Go to the overview
          </LinkButton>
        }
      >
        The address may be of an older version, or was typed with a mistake.
      </Empty>
    </Page>
  )
}

function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page could not be shown">
      <ErrorNotice error={toAppError(error)} onRetry={reset} />
    </Page>
  )
}
