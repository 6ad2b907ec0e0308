import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { BadUserInput } from '../shared/errors';
import { type Instant, parseInstant } from '../shared/instant';
import { isExact, MAX_JSON_DEPTH, requireDepth, unsafeNumber } from '../shared/json';

function requireInstant(value: unknown): Instant {
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant === undefined) {
    throw new BadUserInput('DateTime', 'must be an RFC 3339 instant such as 2026-03-31T23:54:39.123456Z.');
  }
  return instant;
}

/** Instants are checked and brought to microseconds here, before anything else sees them. */
export const DateTimeScalar = new GraphQLScalarType<Instant, Instant>({
  name: 'DateTime',
  parseValue: requireInstant,
  parseLiteral: (node) => requireInstant(node.kind === Kind.STRING ? node.value : undefined),
  serialize: (value) => value as Instant,
});

/** Any JSON. Texts and keys have been checked where the request came in (see request-check). */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  parseValue: requireShallow,
  parseLiteral: (node, variables) => requireShallow(literalValue(node, variables)),
  serialize: (value) => value,
});

function requireShallow(value: unknown): unknown {
  requireDepth(value, MAX_JSON_DEPTH, 'JSON');
  return value;
}

function literalValue(node: ValueNode, variables: Record<string, unknown> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value;
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      if (!isExact(node.value)) throw unsafeNumber(node.value, 'JSON');
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((value) => literalValue(value, variables));
    case Kind.OBJECT:
      // Not an object literal: a field may be called __proto__.
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, literalValue(value, variables)]),
      );
    case Kind.VARIABLE:
      return variables && Object.hasOwn(variables, node.name.value) ? variables[node.name.value] : undefined;
  }
}
