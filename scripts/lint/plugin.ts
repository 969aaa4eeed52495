import { dirname, relative, resolve, sep } from 'node:path'
import { findViolation } from './layers.ts'

/** The part of a syntax tree node that the rule reads. */
interface SyntaxNode {
  readonly type: string
  readonly value?: unknown
  readonly importKind?: string
  readonly exportKind?: string
  readonly source?: SyntaxNode | null
  readonly expression?: SyntaxNode
  readonly specifiers?: readonly SyntaxNode[]
  readonly callee?: SyntaxNode & { readonly name?: string }
  readonly arguments?: readonly SyntaxNode[]
}

/** What the linter hands to a rule. */
interface RuleContext {
  readonly filename: string
  readonly cwd: string
  report(problem: { readonly node: SyntaxNode; readonly message: string }): void
}

/** Every import, export from, dynamic import, import type and require must respect the layers. */
const layering = {
  meta: { type: 'problem' },
  create(context: RuleContext) {
    const from = toProjectPath(context.cwd, context.filename)
    const check = (source: SyntaxNode | null | undefined, isTypeOnly: boolean) => {
      if (source === null || source === undefined || typeof source.value !== 'string') return
      const specifier = source.value
      const isPath = specifier.startsWith('.') || specifier.startsWith('/')
      const to = isPath ? toProjectPath(context.cwd, resolve(dirname(context.filename), specifier)) : specifier
      const message = findViolation({ from, to, isPath, isTypeOnly })
      if (message !== null) context.report({ node: source, message: `Layer: ${message}` })
    }
    return {
      ImportDeclaration: (node: SyntaxNode) => check(node.source, isTypeOnly(node, node.importKind)),
      ExportNamedDeclaration: (node: SyntaxNode) => check(node.source, isTypeOnly(node, node.exportKind)),
      ExportAllDeclaration: (node: SyntaxNode) => check(node.source, node.exportKind === 'type'),
      ImportExpression: (node: SyntaxNode) => check(node.source, false),
      TSImportType: (node: SyntaxNode) => check(node.source, true),
      TSExternalModuleReference: (node: SyntaxNode) => check(node.expression, false),
      CallExpression: (node: SyntaxNode) => {
        if (node.callee?.type === 'Identifier' && node.callee.name === 'require') check(node.arguments?.[0], false)
      },
    }
  },
}

function isTypeOnly(node: SyntaxNode, kind: string | undefined): boolean {
  if (kind === 'type') return true
  const specifiers = node.specifiers ?? []
  return specifiers.length > 0 && specifiers.every((each) => each.importKind === 'type' || each.exportKind === 'type')
}

function toProjectPath(root: string, file: string): string {
  return relative(root, file).split(sep).join('/')
}

export default { meta: { name: 'holdfast' }, rules: { layering } }
