/** The sample database: made and changed for the demo and for newcomers. */
export {
  createSampleDatabase as createSample,
  damageSampleDatabase as changeSample,
} from '../engines/sqlite/sample-database.ts'
