import type { ClientBase } from 'pg';

/**
 * What the schema holds of some tables: one definition per column, key and index, by a name such as
 * `column clusters.last_seen`. Definitions read the same on PostgreSQL 13 to 18.
 */
export type Shape = ReadonlyMap<string, string>;

const INSPECT = `
WITH tables AS (
  SELECT c.oid, c.relname, c.relkind FROM pg_class c
  WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relname = ANY($1)
)
SELECT 'table ' || relname AS name,
       CASE WHEN relkind IN ('r', 'p') THEN 'a table' ELSE 'no table' END AS definition FROM tables
UNION ALL
SELECT 'column ' || t.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT 'constraint ' || t.relname || '.' || c.conname, pg_get_constraintdef(c.oid)
FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'f', 'c', 'x')
UNION ALL
SELECT 'index ' || t.relname || '.' || i.relname,
       pg_get_indexdef(x.indexrelid) || CASE WHEN x.indisvalid THEN '' ELSE ' (not valid)' END
FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.conrelid = t.oid)`;

/** Reads the shape of whatever has one of the names in the current schema, a view or sequence among them. */
export async function inspectShape(client: ClientBase, tables: readonly string[]): Promise<Shape> {
  const { rows: schemas } = await client.query<{ schema: string | null }>(
    'SELECT quote_ident(current_schema()) AS schema',
  );
  const prefix = `${schemas[0]?.schema}.`;
  const { rows } = await client.query<{ name: string; definition: string }>(INSPECT, [tables]);
  return new Map(rows.map(({ name, definition }) => [name, definition.replaceAll(prefix, '')]));
}
