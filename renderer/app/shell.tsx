import { Outlet, useNavigate, useRouter, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { RouterProvider as AriaRouterProvider } from 'react-aria-components'
import { ConnectionLost } from '../features/errors/connection-lost.tsx'
import { Notices } from '../features/errors/notices.tsx'
import { CommandPalette } from '../features/commands/command-palette.tsx'
import { ShortcutSheet } from '../features/commands/shortcut-sheet.tsx'
import { useShortcuts } from '../features/commands/use-shortcuts.ts'
import { PromptDialog } from '../features/prompts/prompt-dialog.tsx'
import { transport } from '../lib/api.ts'
import { Sidebar } from './sidebar.tsx'

declare module 'react-aria-components' {
  interface RouterConfig {
    href: string
  }
}

/** What stands around every page: navigation, command palette, dialogs that may come at any time. */
export function Shell() {
  const navigate = useNavigate()
  const router = useRouter()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const [isSheetOpen, setSheetOpen] = useState(false)
  useShortcuts({ openPalette: () => setPaletteOpen(true), openSheet: () => setSheetOpen(true) })
  useEffect(() => transport.subscribe('window.navigate', ({ route }) => void navigate({ href: route })), [navigate])
  useEffect(() => {
    // A new page is told to a screen reader by its title.
    document.getElementById('page-title')?.focus({ preventScroll: true })
  }, [path])
  return (
    <AriaRouterProvider
      navigate={(href) => void navigate({ href })}
      useHref={(href) => router.history.createHref(href)}
    >
      <a
        href="#main"
        className="absolute top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-accent-ink focus:translate-y-0"
      >
        Skip to the page
      </a>
      <div className="grid min-h-dvh grid-cols-[212px_1fr] max-[1100px]:grid-cols-[56px_1fr] max-sm:grid-cols-1 max-sm:grid-rows-[auto_1fr]">
        <Sidebar onFind={() => setPaletteOpen(true)} />
        <main id="main" className="flex min-w-0 flex-col">
          <ConnectionLost />
          <Notices />
          <div className="min-h-0 flex-1 [&>*]:min-h-full">
            <Outlet />
          </div>
        </main>
      </div>
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
      <ShortcutSheet isOpen={isSheetOpen} onClose={() => setSheetOpen(false)} />
      <PromptDialog />
    </AriaRouterProvider>
  )
}
