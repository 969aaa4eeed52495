import type { Need, TargetCatalog, TargetObject } from './target-objects.ts'

/** How objects can be dropped without CASCADE. */
export interface DropOrder {
  /** In this order; the objects of one group have one kind and go in one statement. */
  readonly groups: readonly (readonly TargetObject[])[]
  /** What is not dropped but needs something that is. */
  readonly dependents: readonly Need[]
  /** Objects of several kinds that need each other, so that none can go first. */
  readonly circles: readonly (readonly TargetObject[])[]
}

/** Orders the objects with these keys so that what needs another one goes before it. Pure. */
export function orderDrops(catalog: Pick<TargetCatalog, 'objects' | 'needs'>, dropped: ReadonlySet<string>): DropOrder {
  const needed = new Map<string, string[]>()
  const dependents: Need[] = []
  for (const need of catalog.needs) {
    if (!dropped.has(need.to)) continue
    if (!dropped.has(need.from)) dependents.push(need)
    else {
      const list = needed.get(need.from)
      if (list === undefined) needed.set(need.from, [need.to])
      else list.push(need.to)
    }
  }
  const groups: TargetObject[][] = []
  const circles: TargetObject[][] = []
  for (const circle of strongComponents([...dropped], needed).toReversed()) {
    const objects = circle.map((key) => catalog.objects.get(key)).filter((object) => object !== undefined)
    const kind = objects[0]?.kind
    if (objects.some((object) => object.kind !== kind)) circles.push(objects)
    const last = groups.at(-1)
    // One statement drops several as if they were one: also those that need each other.
    if (last !== undefined && last[0]?.kind === kind) last.push(...objects)
    else if (objects.length > 0) groups.push(objects)
  }
  return { groups, dependents, circles }
}

/** The statements, one per group. Pure. */
export function dropStatements({ groups }: Pick<DropOrder, 'groups'>): readonly string[] {
  return groups.map((group) => `DROP ${group[0]?.kind ?? ''} ${group.map(({ identity }) => identity).join(', ')};`)
}

/** Tarjan's algorithm, without recursion: groups of keys that need each other, a group after those which it needs. */
function strongComponents(
  keys: readonly string[],
  needed: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const onStack = new Set<string>()
  const stack: string[] = []
  const found: string[][] = []
  const enter = (key: string) => {
    index.set(key, index.size)
    low.set(key, index.size - 1)
    stack.push(key)
    onStack.add(key)
    return { key, next: 0 }
  }
  const lower = (key: string, value: number) => low.set(key, Math.min(low.get(key) ?? value, value))
  for (const start of keys) {
    if (index.has(start)) continue
    const path = [enter(start)]
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const to = needed.get(at.key)?.[at.next]
      at.next += 1
      if (to !== undefined) {
        if (!index.has(to)) path.push(enter(to))
        else if (onStack.has(to)) lower(at.key, index.get(to) ?? 0)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) lower(parent.key, low.get(at.key) ?? 0)
      if (low.get(at.key) !== index.get(at.key)) continue
      const component: string[] = []
      for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
        onStack.delete(key)
        component.push(key)
        if (key === at.key) break
      }
      found.push(component)
    }
  }
  return found
}
