import { chooseAppearance, useAppearance, type Appearance } from '../../app/appearance.ts'
import { Choices } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'

const sentences: Readonly<Record<Appearance, string>> = {
  system: 'Light or dark, as the system is.',
  light: 'Always light.',
  dark: 'Always dark.',
}

/** Light, dark, or as the system. Remembered on this machine. */
export function AppearanceSection() {
  const { appearance } = useAppearance()
  return (
    <>
      <Say>{sentences[appearance]}</Say>
      <div className="max-w-md">
        <Choices
          label="Appearance"
          value={appearance}
          onChange={chooseAppearance}
          options={[
            { value: 'system', label: 'As the system', note: 'Changes with it.' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </div>
    </>
  )
}
