import { Link } from 'react-aria-components'
import { cx } from '../../lib/class-names.ts'
import { settingsSections, type SettingsSectionId } from './sections.ts'

/** The sections of the settings, beside what is shown of them; narrow: above it. */
export function SectionLinks({ current }: { readonly current: SettingsSectionId }) {
  return (
    <nav aria-label="Settings" className="flex flex-col gap-0.5 max-md:flex-row max-md:flex-wrap">
      {settingsSections.map(({ id, label }) => (
        <Link
          key={id}
          href={`/settings?section=${id}`}
          {...(id === current ? { 'aria-current': 'page' as const } : {})}
          className={cx(
            'focus-ring flex h-8 items-center rounded-md px-2.5 font-medium no-underline',
            id === current ? 'bg-surface text-ink ring-1 ring-line ring-inset' : 'text-ink-2 data-[hovered]:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}
