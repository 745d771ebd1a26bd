import type { z } from 'zod';
import type { Asked } from '../../src/asked.ts';
import type { Catalog } from '../../src/config/catalog.ts';
import type { Permission } from '../../src/config/catalog-schema.ts';
import type { Refusal } from '../../src/errors.ts';
import type { Ledger, Log, Principal } from '../../src/ports.ts';
import type { Reply } from '../../src/release/view.ts';
import type { Metrics } from './metrics.ts';

/** What the gateway needs from the rest: only decisions and the ledger, no cluster and no chat. */
export interface Gateway {
  handle: (asked: Asked) => Promise<Reply>;
  ledger: Ledger;
  catalog: () => Catalog;
  log: Log;
  metrics: Metrics;
}

/** Who asks, and what came with the request beside its input. */
export interface Call {
  gateway: Gateway;
  who: Principal;
  /** `Idempotency-Key`. */
  key?: string;
  ifNoneMatch?: string;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One reply that a route may give. Without a schema it has no body; with `type` the body is that text. */
export interface ReplySpec {
  say: string;
  body?: z.ZodType;
  type?: string;
}

interface Input<P, Q, B> {
  params: P;
  query: Q;
  body: B;
}

/**
 * One line of the table: Fastify's route and its OpenAPI operation are both made of it. `needs` is the permission that
 * is judged on the resolved target: by the route for what is read, by `handle` for what is changed. `any`: the command
 * says which. `nothing` puts the route on the open list.
 */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  method: 'GET' | 'POST';
  /** `/api/v1/releases/{id}` */
  path: string;
  id: string;
  summary: string;
  needs: Permission | 'any' | 'nothing';
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  answers: Record<number, ReplySpec>;
  run(call: Call, input: Input<P, Q, B>): Promise<Answer | Refusal>;
}

/** Ties the types of a route's input to its schemas. */
export const route = <P, Q, B>(line: Route<P, Q, B>): Route => line as Route;
