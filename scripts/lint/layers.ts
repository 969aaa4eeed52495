/**
 * Who may import whom: the layers of the project as one table, and the question a lint rule asks of it.
 * Paths are relative to the project's root, with forward slashes; a folder ends with a slash.
 */

/** Part of the project with the same rights everywhere inside. */
export interface Layer {
  /** A folder (`main/tools/`) or one file (`main/engines/engine.ts`). The longest match decides. */
  readonly path: string
  /** Folders and files of the project that it may import, besides its own. */
  readonly mayImport: readonly string[]
  /** Of these it may import types only. */
  readonly mayImportTypes?: readonly string[]
  /** The only packages and Node.js modules it may import; any when absent. */
  readonly onlyPackages?: readonly string[]
}

const contract = 'preload/contract/'
const services = [
  'main/artifact/',
  'main/jobs/',
  'main/catalog/',
  'main/secrets/',
  'main/notify/',
  'main/audit/',
  contract,
]
/** What every use case stands on: the interfaces of engines and destinations, and the services. */
const useCaseBase = [
  'main/engines/engine.ts',
  'main/engines/archive-reader.ts',
  'main/destinations/destination.ts',
  ...services,
]
const useCase = ['main/workbench/', ...useCaseBase]
const hooks = 'main/hooks/'
const interfaceTypes = ['main/artifact/', 'main/jobs/']
const engineBase = ['main/engines/engine.ts', 'main/engines/archive-reader.ts', contract]
const secret = 'main/secrets/secret.ts'
const engine = [...engineBase, 'main/engines/kernel/', 'main/engines/plain-sql/', 'main/tools/']
const engineNames = ['postgresql', 'mysql', 'mongodb', 'sqlite', 'files', 'portable']
const destinationNames = ['local', 's3', 'gcs', 'azure', 'sftp']

/** Every layer. A file of `main/`, `preload/` or `renderer/` that fits none of them is an error. */
export const layers: readonly Layer[] = [
  { path: 'renderer/', mayImport: [contract] },
  { path: contract, mayImport: [], onlyPackages: ['zod'] },
  { path: 'preload/index.ts', mayImport: [contract], onlyPackages: ['electron'] },

  { path: 'main/desktop/', mayImport: ['main/app/', contract] },
  { path: 'main/browser/', mayImport: ['main/app/', contract] },
  { path: 'main/cli/', mayImport: ['main/app/', contract] },
  // The program `holdfast` chooses the host.
  { path: 'main/cli/main.ts', mayImport: ['main/cli/', 'main/browser/main.ts', 'main/app/', contract] },
  {
    path: 'main/app/',
    mayImport: [
      'main/backup/',
      'main/restore/',
      'main/validation/',
      'main/compare/',
      'main/schedules/',
      'main/retention/',
      'main/workbench/',
      hooks,
      'main/engines/',
      'main/destinations/',
      'main/tools/',
      'main/reach/',
      ...services,
    ],
  },

  {
    path: 'main/schedules/',
    mayImport: ['main/backup/', 'main/validation/', 'main/restore/', 'main/retention/', ...useCase],
  },
  { path: 'main/validation/', mayImport: ['main/restore/', 'main/compare/', hooks, ...useCase] },
  { path: 'main/restore/', mayImport: ['main/backup/', 'main/compare/', hooks, ...useCase] },
  { path: 'main/backup/', mayImport: [hooks, ...useCase] },
  { path: 'main/compare/', mayImport: useCase },
  { path: 'main/retention/', mayImport: useCase },
  { path: 'main/workbench/', mayImport: useCaseBase },
  // Hooks run programs that belong to nobody else.
  { path: hooks, mayImport: ['main/tools/', ...useCase] },

  { path: 'main/artifact/', mayImport: services },
  { path: 'main/jobs/', mayImport: services },
  { path: 'main/catalog/', mayImport: services },
  { path: 'main/secrets/', mayImport: services },
  { path: 'main/notify/', mayImport: services },
  { path: 'main/audit/', mayImport: services },

  {
    path: 'main/engines/engine.ts',
    mayImport: [...engineBase, 'main/engines/restore-targets.ts', secret],
    mayImportTypes: [...interfaceTypes, 'main/reach/'],
  },
  { path: 'main/engines/restore-targets.ts', mayImport: engineBase, mayImportTypes: interfaceTypes },
  { path: 'main/engines/archive-reader.ts', mayImport: [...engineBase, secret], mayImportTypes: interfaceTypes },
  {
    path: 'main/engines/registry.ts',
    mayImport: [...engine, ...engineNames.map((name) => `main/engines/${name}/`)],
  },
  { path: 'main/engines/kernel/', mayImport: [contract] },
  { path: 'main/engines/plain-sql/', mayImport: [...engineBase, 'main/engines/kernel/'] },
  ...engineNames.map((name) => ({ path: `main/engines/${name}/`, mayImport: engine })),

  { path: 'main/destinations/destination.ts', mayImport: [secret, contract], mayImportTypes: interfaceTypes },
  { path: 'main/destinations/retrying.ts', mayImport: ['main/destinations/destination.ts', contract] },
  {
    path: 'main/destinations/registry.ts',
    mayImport: [
      'main/destinations/destination.ts',
      'main/destinations/retrying.ts',
      ...destinationNames.map((name) => `main/destinations/${name}/`),
      contract,
    ],
  },
  ...destinationNames.map((name) => ({
    path: `main/destinations/${name}/`,
    mayImport: ['main/destinations/destination.ts', contract],
  })),

  { path: 'main/tools/', mayImport: [contract] },
  // Ways to servers that can't be reached directly.
  { path: 'main/reach/', mayImport: [secret, contract] },
]

/** Packages that one part of the project keeps to itself, and who that is. */
const reserved: readonly { readonly packages: readonly string[]; readonly owners: RegExp; readonly says: string }[] = [
  {
    packages: ['electron'],
    owners: /^(main\/desktop\/|preload\/index\.ts$)/,
    says: 'main/desktop/ and preload/index.ts',
  },
  {
    packages: ['execa', 'child_process'],
    owners: /^main\/(tools\/|app\/fork-job\.ts$)/,
    says: 'main/tools/ and main/app/fork-job.ts',
  },
  { packages: ['ssh2'], owners: /^main\/reach\//, says: 'main/reach/' },
]

/** Code that runs in tests only: it may import every layer of main, and e2e/. */
const testCode = /(\.test\.tsx?|\.testing\.ts)$|\/conformance\.ts$|\/testing\//

/** One import to judge. */
export interface ImportInQuestion {
  /** The importing file. */
  readonly from: string
  /** A path inside the project, or a bare specifier such as `zod` or `node:fs`. */
  readonly to: string
  readonly isPath: boolean
  readonly isTypeOnly: boolean
}

/** The message for an import that breaks the layering; null when it is allowed. */
export function findViolation({ from, to, isPath, isTypeOnly }: ImportInQuestion): string | null {
  if (!/^(main|preload|renderer)\//.test(from)) return null
  const isTest = testCode.test(from)
  const layer = layerOf(from)
  if (layer === null) {
    return isTest ? null : `${from} is in no layer. The layers are listed in scripts/lint/layers.ts.`
  }
  return isPath ? findWrongPath(layer, from, to, isTypeOnly, isTest) : findWrongPackage(layer, from, to, isTest)
}

function findWrongPath(layer: Layer, from: string, to: string, isTypeOnly: boolean, isTest: boolean): string | null {
  if (isInside(to, layer.path) && layerOf(to) === layer) return null
  if (testCode.test(to) && !isTest) return `${layer.path} may not import ${to}, which is for tests only.`
  if (isTest && isAllowedInTest(from, to)) return null
  if (layer.mayImport.some((path) => isInside(to, path))) return null
  const types = layer.mayImportTypes ?? []
  if (isTypeOnly && types.some((path) => isInside(to, path))) return null
  const allowed = [...new Set([layer.path, ...layer.mayImport])].join(', ')
  const typesToo = types.length === 0 ? '' : `; types only: ${types.join(', ')}`
  return `${layer.path} may not import ${to}. It may import: ${allowed}${typesToo}.`
}

function isAllowedInTest(from: string, to: string): boolean {
  if (to.startsWith('e2e/') || to.startsWith(contract)) return true
  return from.startsWith('main/') && to.startsWith('main/')
}

function findWrongPackage(layer: Layer, from: string, to: string, isTest: boolean): string | null {
  const isBuiltin = to.startsWith('node:')
  const name = isBuiltin ? to.slice('node:'.length) : to
  const isOneOf = (names: readonly string[]) => names.some((each) => name === each || name.startsWith(`${each}/`))
  if (layer.path === 'renderer/' && (isBuiltin || isOneOf(['electron'])) && !isTest) {
    return `renderer/ runs in the window: it may not import ${to}. It may import: renderer/, ${contract}.`
  }
  if (isTest) return null
  const owner = reserved.find(({ packages }) => isOneOf(packages))
  if (owner !== undefined && !owner.owners.test(from)) {
    return `${layer.path} may not import ${to}. Only these may: ${owner.says}.`
  }
  if (layer.onlyPackages !== undefined && (isBuiltin || !isOneOf(layer.onlyPackages))) {
    return `${layer.path} may not import ${to}. It may import: ${[...layer.onlyPackages, layer.path, ...layer.mayImport].join(', ')}.`
  }
  return null
}

function layerOf(file: string): Layer | null {
  const fitting = layers.filter(({ path }) => isInside(file, path))
  return fitting.toSorted((a, b) => b.path.length - a.path.length)[0] ?? null
}

function isInside(file: string, path: string): boolean {
  return path.endsWith('/') ? file.startsWith(path) : file === path
}
