/** Tables, views, indexes and the trigger of the sample database: a shop. */
export const sampleSchema = `
CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES categories(id),
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  category_id INTEGER NOT NULL REFERENCES categories(id),
  sku TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
  weight_kg REAL,
  stock INTEGER NOT NULL DEFAULT 0,
  thumbnail BLOB
);
CREATE TABLE customers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  newsletter INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE addresses (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('billing', 'delivery')),
  street TEXT NOT NULL,
  postcode TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  address_id INTEGER NOT NULL REFERENCES addresses(id),
  status TEXT NOT NULL,
  ordered_at TEXT NOT NULL,
  changed_at TEXT
);
CREATE TABLE order_items (
  order_id INTEGER NOT NULL REFERENCES orders(id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  product_id INTEGER NOT NULL REFERENCES products(id),
  quantity INTEGER NOT NULL,
  price_cents INTEGER NOT NULL,
  PRIMARY KEY (order_id, line)
) WITHOUT ROWID;
CREATE TABLE payments (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders(id) ON DELETE CASCADE,
  method TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  paid_at TEXT NOT NULL
);
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products(id),
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
  body TEXT,
  written_at TEXT NOT NULL
);
`

/** Made after the rows, as a dump would: faster, and the trigger does not fire for them. */
export const sampleSchemaAfterRows = `
CREATE INDEX orders_by_customer ON orders(customer_id, ordered_at);
CREATE INDEX order_items_by_product ON order_items(product_id);
CREATE INDEX payments_by_order ON payments(order_id);
CREATE INDEX reviews_by_product ON reviews(product_id);
CREATE INDEX addresses_by_customer ON addresses(customer_id);
CREATE VIEW order_totals AS
  SELECT o.id AS order_id, o.customer_id, o.ordered_at, sum(i.quantity * i.price_cents) AS total_cents
  FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id;
CREATE VIEW best_sellers AS
  SELECT p.sku, p.name, sum(i.quantity) AS sold
  FROM products p JOIN order_items i ON i.product_id = p.id GROUP BY p.id ORDER BY sold DESC LIMIT 50;
CREATE TRIGGER order_status_changed AFTER UPDATE OF status ON orders
BEGIN
  UPDATE orders SET changed_at = coalesce(changed_at, ordered_at) WHERE id = new.id;
END;
`
