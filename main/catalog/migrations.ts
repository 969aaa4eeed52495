/** One step from a schema version to the next. Never edited once released: a change is a new step. */
export interface Migration {
  readonly version: number
  readonly sql: string
}

/** All steps, in order. The newest version is the last one's. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE meta (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE connections (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  engine TEXT NOT NULL,
  environment TEXT NOT NULL,
  profile TEXT NOT NULL,
  secret TEXT NOT NULL,
  goal_hours REAL NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE destinations (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

-- document: the record as it was written; what changes later stands in columns of its own.
CREATE TABLE backups (
  id TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  database TEXT NOT NULL,
  name TEXT,
  started_at TEXT NOT NULL,
  duration_ms REAL NOT NULL,
  plaintext_bytes INTEGER,
  artifact_bytes INTEGER,
  pinned INTEGER NOT NULL,
  badge TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX backups_newest ON backups (started_at DESC, id DESC);
CREATE INDEX backups_of_connection ON backups (connection_id, started_at DESC, id DESC);
CREATE INDEX backups_of_database ON backups (connection_id, database, started_at DESC, id DESC);
CREATE INDEX backups_by_name ON backups (name) WHERE name IS NOT NULL;

CREATE TABLE backup_contents (
  backup_id TEXT PRIMARY KEY NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  contents TEXT,
  manifest TEXT
) STRICT;

-- destination_id: a removed destination leaves its copies' rows.
CREATE TABLE copies (
  backup_id TEXT NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  destination_id TEXT NOT NULL,
  destination TEXT NOT NULL,
  object TEXT NOT NULL,
  location TEXT NOT NULL,
  state TEXT NOT NULL,
  checked_at TEXT,
  PRIMARY KEY (backup_id, destination_id)
) STRICT;
CREATE INDEX copies_at_destination ON copies (destination_id, object);

CREATE TABLE validations (
  id TEXT PRIMARY KEY NOT NULL,
  backup_id TEXT NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  destination_id TEXT,
  level TEXT NOT NULL,
  outcome TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX validations_of_backup ON validations (backup_id, finished_at);

CREATE TABLE plans (
  hash TEXT PRIMARY KEY NOT NULL,
  backup_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE restores (
  id TEXT PRIMARY KEY NOT NULL,
  job_id TEXT NOT NULL,
  backup_id TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  result TEXT
) STRICT;
CREATE INDEX restores_newest ON restores (started_at DESC, id DESC);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revision INTEGER NOT NULL,
  status TEXT NOT NULL,
  is_ended INTEGER NOT NULL,
  input TEXT NOT NULL,
  owner TEXT NOT NULL,
  process TEXT,
  heartbeat_at_ms INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  lock_keys TEXT NOT NULL,
  is_cancel_requested INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_newest ON jobs (created_at DESC, id DESC);
CREATE INDEX jobs_not_ended ON jobs (is_ended) WHERE is_ended = 0;

CREATE TABLE locks (
  key TEXT PRIMARY KEY NOT NULL,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  since TEXT NOT NULL
) STRICT;
CREATE INDEX locks_of_job ON locks (job_id);

CREATE TABLE leftovers (
  id TEXT PRIMARY KEY NOT NULL,
  job_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  connection_id TEXT,
  destination_id TEXT,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX leftovers_of_job ON leftovers (job_id);

CREATE TABLE audit (
  number INTEGER PRIMARY KEY NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
`,
  },
  {
    version: 2,
    sql: `
ALTER TABLE connections ADD COLUMN hooks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE connections ADD COLUMN checks TEXT NOT NULL DEFAULT '[]';
-- swap: the databases that changed places, or were to.
ALTER TABLE restores ADD COLUMN state TEXT NOT NULL DEFAULT 'failed';
ALTER TABLE restores ADD COLUMN mode TEXT NOT NULL DEFAULT 'new';
ALTER TABLE restores ADD COLUMN database TEXT NOT NULL DEFAULT '';
ALTER TABLE restores ADD COLUMN safety_backup TEXT;
ALTER TABLE restores ADD COLUMN undo_until TEXT;
ALTER TABLE restores ADD COLUMN swap TEXT;
UPDATE restores SET state = CASE WHEN result IS NULL THEN 'interrupted'
                                 WHEN json_extract(result, '$.outcome') = 'passed' THEN 'applied' ELSE 'failed' END,
                    database = coalesce(json_extract(result, '$.target.database'), '');
`,
  },
]
