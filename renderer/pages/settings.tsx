import { useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { KeysSection } from '../features/keys/keys-section.tsx'
import { AboutSection } from '../features/settings/about-section.tsx'
import { AppearanceSection } from '../features/settings/appearance-section.tsx'
import { SectionLinks } from '../features/settings/section-links.tsx'
import { settingsSection, type SettingsSectionId } from '../features/settings/sections.ts'
import { ToolsSection } from '../features/settings/tools-section.tsx'
import { VaultSection } from '../features/settings/vault-section.tsx'
import { Page } from '../ui/page.tsx'

/** Keys, passwords, tools, appearance, and what this is: a section each, by the address. */
export function SettingsPage() {
  const { section, step } = useSearch({ from: '/settings' })
  const current = settingsSection(section)
  const parts: Readonly<Record<SettingsSectionId, ReactNode>> = {
    keys: <KeysSection step={step} />,
    vault: <VaultSection />,
    tools: <ToolsSection />,
    appearance: <AppearanceSection />,
    about: <AboutSection />,
  }
  return (
    <Page title="Settings">
      <div className="grid grid-cols-[180px_minmax(0,1fr)] gap-8 max-md:grid-cols-[minmax(0,1fr)] max-md:gap-5">
        <SectionLinks current={current} />
        <div className="flex max-w-4xl min-w-0 flex-col gap-5">{parts[current]}</div>
      </div>
    </Page>
  )
}
