import type { ClientConfig } from 'pg';

/** A database that was found, and how to reach it. */
export interface DatabaseTarget {
  /** Takes effect for each new connection. */
  readonly connection: ClientConfig;
  /** For logs and messages: where it is, without any secret. */
  readonly description: string;
  /** Gives up what finding it acquired (a started server, a lock); not the connections. */
  close(): Promise<void>;
}
