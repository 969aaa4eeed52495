/** The parts of the settings, in their order. */
export const settingsSections = [
  { id: 'keys', label: 'Keys and recovery kit' },
  { id: 'vault', label: 'Passwords' },
  { id: 'tools', label: 'Tools and health' },
  { id: 'appearance', label: 'Appearance' },
  { id: 'about', label: 'Data and about' },
] as const
export type SettingsSectionId = (typeof settingsSections)[number]['id']

/** The section that an address asks for; the first where it asks for none that exists. */
export function settingsSection(text: string | undefined): SettingsSectionId {
  return settingsSections.find(({ id }) => id === text)?.id ?? 'keys'
}
