import { z } from 'zod'

/** A column as the definition of its table has it. */
export const ColumnDefinition = z.object({
  /** The true name, unquoted. */
  name: z.string(),
  /** As the engine writes it: `numeric(10,2)`. Empty where none is declared. */
  type: z.string(),
  notNull: z.boolean(),
  /** The expression; null where there is none. */
  default: z.string().nullable(),
  /** Whatever else stands there: collation, generation, constraints without a name. Empty where there is nothing. */
  rest: z.string(),
})
export type ColumnDefinition = z.infer<typeof ColumnDefinition>

/** A definition that people can read. What is the same is decided by digests; this says what differs. */
export const StructureDetails = z.object({
  /** The statement that makes the object; that of a table without its columns and constraints. */
  statement: z.string(),
  /** Of a table, in the order of its definition. */
  columns: z.array(ColumnDefinition).optional(),
  /** Of a table, as far as they stand in its own definition. */
  constraints: z.array(z.string()).optional(),
  /** `displayName` of the table that it belongs to: of an index, a constraint, a trigger. */
  table: z.string().optional(),
  /** Statements that comment on it or label it. */
  comments: z.array(z.string()).optional(),
  /** Statements that grant and revoke. */
  grants: z.array(z.string()).optional(),
})
export type StructureDetails = z.infer<typeof StructureDetails>

/** What a change of structure is about. */
export const StructureChangeKind = z.enum([
  'column-added',
  'column-removed',
  'column-type',
  'column-default',
  'column-nullability',
  'column-other',
  'constraint',
  'index',
  'trigger',
  'function',
  'view',
  'sequence',
  'owner',
  'privileges',
  'comment',
  'definition',
])
export type StructureChangeKind = z.infer<typeof StructureChangeKind>

/** One difference between two structures. Left is the backup; `added` is what only the right side has. */
export const StructureChange = z.object({
  kind: StructureChangeKind,
  /** Name of the column, the index, the function … */
  name: z.string(),
  /** As it stands there; null where it is missing, or not recorded. */
  left: z.string().nullable(),
  right: z.string().nullable(),
  /** The same for people. */
  sentence: z.string(),
})
export type StructureChange = z.infer<typeof StructureChange>

/** Tools whose table of applied migrations is known. */
export const MigrationTool = z.enum(['django', 'flyway', 'prisma', 'alembic', 'liquibase', 'rails'])
export type MigrationTool = z.infer<typeof MigrationTool>

/** How far the migrations of a database have come, as the table of the tool says. */
export const SchemaVersion = z.object({
  tool: MigrationTool,
  /** The newest applied one; of several heads all, with commas. */
  version: z.string(),
  /** null where the tool keeps no list. */
  appliedCount: z.number().int().nonnegative().nullable(),
  /** A migration that began and did not end well. */
  failed: z.string().optional(),
})
export type SchemaVersion = z.infer<typeof SchemaVersion>
