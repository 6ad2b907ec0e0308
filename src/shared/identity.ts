/** An identity of several parts that no other parts can collide with. */
export function identityOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
