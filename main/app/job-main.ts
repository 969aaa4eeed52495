import { mkdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runBackup } from '../backup/run-backup.ts'
import { BackupWork, ImportWork } from '../backup/request.ts'
import { rescan, RescanWork } from '../backup/rescan.ts'
import { importFile } from '../backup/import.ts'
import { checkCopies } from '../validation/after-backup.ts'
import { Audit } from '../audit/audit.ts'
import { Catalog } from '../catalog/catalog.ts'
import { CompareWork, runCompare } from '../compare/run-compare.ts'
import { runJobProcess } from '../jobs/process.ts'
import type { JobEnvironment, Works } from '../jobs/work.ts'
import { applyRestore, ApplyWork } from '../restore/apply.ts'
import { finishRestore, FinishWork } from '../restore/finish.ts'
import { planRestore, PlanWork } from '../restore/plan.ts'
import { planUndo, undoRestore, UndoWork } from '../restore/undo.ts'
import { loadTrustedKeys } from '../secrets/installation-keys.ts'
import { createRedactor } from '../secrets/redact.ts'
import { validate, ValidateWork } from '../validation/validate.ts'
import { useToolFolders } from '../tools/find-tools.ts'
import { readRows, RowsWork } from '../workbench/rows.ts'
import { JobSecrets, type Workbench } from '../workbench/workbench.ts'
import { backupDetail } from './backup-detail.ts'
import { forecast } from './forecast.ts'
import { jobChannel } from './job-channel.ts'
import { appVersion } from './version.ts'
import { processProbe } from './process-probe.ts'
import { registries } from './registries.ts'
import { TunnelDesk } from './tunnel-desk.ts'

/** The program of a job process: every kind of job and its work. */

// The heap grows in small steps. Otherwise it may be twice as large as what is in it before anything is cleared away: with 10,000
// tables that is 150 MiB. Measured: no slower.
setFlagsFromString('--optimize-for-size')

const home = process.env['HOLDFAST_HOME'] ?? ''
const redactor = createRedactor()

async function workbench(environment: JobEnvironment): Promise<Workbench> {
  const { catalog } = environment
  useToolFolders(catalog.meta.toolFolders)
  return {
    ...registries,
    catalog,
    audit: new Audit({ catalog, redact: (text) => redactor.redact(text) }),
    home,
    appVersion,
    installation: catalog.installation,
    secrets: JobSecrets.parse(environment.secrets),
    trusted: await loadTrustedKeys(home),
    // Tunnels end with the process.
    tunnel: new TunnelDesk().of,
  }
}

const works: Works = {
  backup: async (input, environment) => {
    const bench = await workbench(environment)
    const work = BackupWork.parse(input)
    environment.predict(forecast(bench.catalog.backups.history(work.connectionId, work.database)))
    await runBackup(bench, work, environment.context)
    await checkCopies(bench, work.backupId, environment.context)
    return backupDetail(bench.catalog, bench.catalog.backups.get(work.backupId))
  },
  validate: async (input, environment) =>
    validate(await workbench(environment), ValidateWork.parse(input), environment.context),
  'restore-plan': async (input, environment) =>
    planRestore(await workbench(environment), PlanWork.parse(input), environment.context),
  restore: async (input, environment) =>
    applyRestore(await workbench(environment), ApplyWork.parse(input), environment.context),
  'undo-plan': async (input, environment) =>
    planUndo(await workbench(environment), UndoWork.parse(input), environment.context),
  undo: async (input, environment) =>
    undoRestore(await workbench(environment), UndoWork.parse(input), environment.context),
  finish: async (input, environment) =>
    finishRestore(await workbench(environment), FinishWork.parse(input), environment.context),
  compare: async (input, environment) =>
    runCompare(await workbench(environment), CompareWork.parse(input), environment.context),
  rows: async (input, environment) => {
    const work = RowsWork.parse(input)
    return readRows(await workbench(environment), work, environment.context, (columns, rows) =>
      environment.emit('rows.batch', { streamId: work.streamId, columns, rows }),
    )
  },
  import: async (input, environment) =>
    importFile(await workbench(environment), ImportWork.parse(input), environment.context),
  rescan: async (input, environment) =>
    rescan(await workbench(environment), RescanWork.parse(input), environment.context),
}

mkdirSync(home, { recursive: true, mode: 0o700 })
runJobProcess({
  works,
  home,
  openCatalog: () => Catalog.open({ home, appVersion, mode: 'job' }),
  probe: processProbe,
  redactor,
  channel: jobChannel(process.parentPort),
})
