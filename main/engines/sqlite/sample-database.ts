import Database from 'better-sqlite3'
import { sampleSchema, sampleSchemaAfterRows } from './sample-schema.ts'
import { categories, cities, familyNames, givenNames, productWords, reviewWords, streets } from './sample-words.ts'

const counts = { products: 1_200, customers: 5_000, orders: 9_500, reviews: 4_000 } as const
const seed = 20_260_101
const firstDay = Date.UTC(2024, 0, 1)
const dayMs = 86_400_000

/** Repeatable random numbers (mulberry32): the sample database is the same on every machine. */
class Dice {
  #state: number

  constructor(start: number) {
    this.#state = start
  }

  /** A whole number from 0 to `end` - 1. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end)
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0]
  }

  /** A moment in 2024 or 2025, not before `earliest`. */
  moment(earliest = firstDay): string {
    const last = firstDay + 730 * dayMs
    return new Date(earliest + this.below(Math.max(1, last - earliest))).toISOString()
  }
}

/** Makes the sample database at `path`, which must not exist: 8 tables, some 50,000 rows, the same each time. */
export function createSampleDatabase(path: string): void {
  const database = new Database(path)
  try {
    database.pragma('foreign_keys = ON')
    database.exec(sampleSchema)
    const dice = new Dice(seed)
    database.transaction(() => {
      const categoryCount = insertCategories(database)
      const prices = insertProducts(database, dice, categoryCount)
      const addresses = insertCustomers(database, dice)
      insertOrders(database, dice, prices, addresses)
      insertReviews(database, dice)
    })()
    database.exec(sampleSchemaAfterRows)
  } finally {
    database.close()
  }
}

function insertCategories(database: Database.Database): number {
  const insert = database.prepare('INSERT INTO categories (id, parent_id, name) VALUES (?, ?, ?)')
  let id = 0
  for (const [parent, children] of categories) {
    const parentId = (id += 1)
    insert.run(parentId, null, parent)
    for (const child of children) insert.run((id += 1), parentId, child)
  }
  return id
}

function insertProducts(database: Database.Database, dice: Dice, categoryCount: number): number[] {
  const insert = database.prepare('INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const prices: number[] = []
  for (let id = 1; id <= counts.products; id += 1) {
    const [kinds, materials, things] = productWords
    const name = `${dice.pick(kinds)} ${dice.pick(materials)} ${dice.pick(things)}`
    const price = 199 + dice.below(180) * 50
    const weight = dice.below(10) === 0 ? null : (1 + dice.below(4_000)) / 250
    const thumbnail = Buffer.from(Array.from({ length: 32 + dice.below(96) }, () => dice.below(256)))
    const sku = `HF-${String(id).padStart(5, '0')}`
    insert.run(id, 1 + dice.below(categoryCount), sku, name, price, weight, dice.below(500), thumbnail)
    prices.push(price)
  }
  return prices
}

/** Answers the ids of each customer's addresses; index 0 is customer 1. */
function insertCustomers(database: Database.Database, dice: Dice): [number, ...number[]][] {
  const insertCustomer = database.prepare('INSERT INTO customers VALUES (?, ?, ?, ?, ?)')
  const insertAddress = database.prepare('INSERT INTO addresses VALUES (?, ?, ?, ?, ?, ?, ?)')
  const addresses: [number, ...number[]][] = []
  let addressId = 0
  for (let id = 1; id <= counts.customers; id += 1) {
    const given = dice.pick(givenNames)
    const family = dice.pick(familyNames)
    insertCustomer.run(id, `${given} ${family}`, `customer${id}@example.com`, dice.moment(), dice.below(2))
    const own: [number, ...number[]] = [(addressId += 1)]
    if (dice.below(5) === 0) own.push((addressId += 1))
    for (const [index, each] of own.entries()) {
      const [city, country] = dice.pick(cities)
      const street = `${dice.pick(streets)} ${1 + dice.below(180)}`
      const postcode = String(10_000 + dice.below(89_999))
      insertAddress.run(each, id, index === 0 ? 'billing' : 'delivery', street, postcode, city, country)
    }
    addresses.push(own)
  }
  return addresses
}

function insertOrders(
  database: Database.Database,
  dice: Dice,
  prices: readonly number[],
  addresses: readonly (readonly [number, ...number[]])[],
): void {
  const insertOrder = database.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?, NULL)')
  const insertItem = database.prepare('INSERT INTO order_items VALUES (?, ?, ?, ?, ?)')
  const insertPayment = database.prepare('INSERT INTO payments VALUES (?, ?, ?, ?, ?)')
  let paymentId = 0
  for (let id = 1; id <= counts.orders; id += 1) {
    const customer = 1 + dice.below(counts.customers)
    const address = dice.pick(addresses[customer - 1] ?? [1])
    const status = dice.pick(['delivered', 'delivered', 'delivered', 'shipped', 'paid', 'cancelled'])
    const orderedAt = dice.moment()
    insertOrder.run(id, customer, address, status, orderedAt)
    let total = 0
    const lines = 1 + dice.below(3)
    for (let line = 1; line <= lines; line += 1) {
      const product = 1 + dice.below(counts.products)
      const quantity = 1 + dice.below(4)
      const price = prices[product - 1] ?? 0
      total += quantity * price
      insertItem.run(id, line, product, quantity, price)
    }
    if (status === 'cancelled') continue
    const paidAt = dice.moment(Date.parse(orderedAt))
    insertPayment.run((paymentId += 1), id, dice.pick(['card', 'transfer', 'invoice']), total, paidAt)
  }
}

function insertReviews(database: Database.Database, dice: Dice): void {
  const insert = database.prepare('INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?)')
  const [beginnings, ends] = reviewWords
  for (let id = 1; id <= counts.reviews; id += 1) {
    const body = dice.below(6) === 0 ? null : `${dice.pick(beginnings)} ${dice.pick(ends)}`
    const product = 1 + dice.below(counts.products)
    const customer = 1 + dice.below(counts.customers)
    insert.run(id, product, customer, 1 + dice.below(5), body, dice.moment())
  }
}

/** A change that `damageSampleDatabase` made. */
export interface SampleDamage {
  readonly table: string
  readonly change: 'changed' | 'deleted' | 'inserted'
  readonly rows: number
  /** Columns whose content differs; empty where rows came or went. */
  readonly columns: readonly string[]
}

/** Changes rows of the sample database at `path` as a mistake would, the same each time. Answers every change. */
export function damageSampleDatabase(path: string): readonly SampleDamage[] {
  const database = new Database(path, { fileMustExist: true })
  try {
    database.pragma('foreign_keys = ON')
    const run = (sql: string) => database.prepare(sql).run().changes
    return database.transaction((): SampleDamage[] => {
      const order = 'SELECT min(id) FROM orders'
      const zeroed = run('UPDATE products SET price_cents = 0 WHERE category_id = 7 AND price_cents > 0')
      const items = run(`DELETE FROM order_items WHERE order_id = (${order})`)
      const payments = run(`DELETE FROM payments WHERE order_id = (${order})`)
      const orders = run(`DELETE FROM orders WHERE id = (${order})`)
      const customers = run(
        `INSERT INTO customers (name, email, created_at) VALUES
         ('Test Test', 'test1@example.com', '2026-01-02T03:04:05.000Z'),
         ('Test Test', 'test2@example.com', '2026-01-02T03:04:06.000Z'),
         ('Test Test', 'test3@example.com', '2026-01-02T03:04:07.000Z')`,
      )
      const all: SampleDamage[] = [
        { table: 'products', change: 'changed', rows: zeroed, columns: ['price_cents'] },
        { table: 'order_items', change: 'deleted', rows: items, columns: [] },
        { table: 'payments', change: 'deleted', rows: payments, columns: [] },
        { table: 'orders', change: 'deleted', rows: orders, columns: [] },
        { table: 'customers', change: 'inserted', rows: customers, columns: [] },
      ]
      return all.filter(({ rows }) => rows > 0)
    })()
  } finally {
    database.close()
  }
}
