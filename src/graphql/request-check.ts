import type { ApolloServerPlugin } from '@apollo/server';
import { type ASTNode, type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';
import { DomainError } from '../shared/errors';
import { requireStorable, requireStorableText } from '../shared/json';
import type { Context } from './context';

/** Refuses texts and numbers in a request's variables that could not be kept as they were sent, before it runs. */
export const checkVariables: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ request }) {
        for (const [name, value] of Object.entries(request.variables ?? {})) {
          asBadRequest(() => requireStorable(value, name));
        }
      },
    };
  },
};

/** The same for the texts written into the document itself. */
export function StorableLiteralsRule(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node, _key, parent, _path, ancestors) {
      try {
        requireStorableText(node.value, argumentOf([...ancestors, parent]));
      } catch (error) {
        context.reportError(badRequest(error, node));
      }
    },
  };
}

function argumentOf(ancestors: readonly unknown[]): string {
  const names = ancestors
    .filter((node) => isNamed(node, 'Argument') || isNamed(node, 'ObjectField'))
    .map((node) => (node as { name: { value: string } }).name.value);
  return names.length > 0 ? names.join('.') : 'A text in the document';
}

function isNamed(node: unknown, kind: string): boolean {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === kind;
}

function asBadRequest(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw badRequest(error);
  }
}

function badRequest(error: unknown, node?: ASTNode): GraphQLError {
  if (!(error instanceof DomainError)) throw error;
  return new GraphQLError(error.message, {
    // The place, but not the node: the message names the argument already.
    ...(node?.loc && { source: node.loc.source, positions: [node.loc.start] }),
    extensions: { code: error.code, http: { status: 400 } },
  });
}
