import type { z } from 'zod';
import { homeView, messageBlocks, modalView } from './blocks.ts';

/** Judges what the app sends the way Slack does: an error code and one `[ERROR] … [json-pointer:…]` line per problem. */

/** A JSON object of which we know nothing. */
export type Json = Record<string, unknown>;

/** @returns one line per problem, in Slack's wording; empty when Slack would accept the blocks. */
export function blockProblems(blocks: unknown): string[] {
  return [...problems(messageBlocks, blocks, '/blocks'), ...doubledIds(blocks, '/blocks')];
}

/** @returns one line per problem of a modal or Home view; empty when Slack would accept it. */
export function viewProblems(view: Json, surface: 'modal' | 'home'): string[] {
  const shape = surface === 'modal' ? modalView : homeView;
  return [...problems(shape, view, '/view'), ...doubledIds(view.blocks, '/view/blocks')];
}

function problems(shape: z.ZodType, value: unknown, at: string): string[] {
  const result = shape.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => line(wording(issue), pointer(at, issue.path)));
}

function line(what: string, at: string): string {
  return `[ERROR] ${what} [json-pointer:${at}]`;
}

function pointer(at: string, path: PropertyKey[]): string {
  return [at, ...path.map(String)].join('/');
}

function wording(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') return tooMany(issue.origin, Number(issue.maximum));
  if (issue.code === 'too_small') return tooFew(issue.origin, Number(issue.minimum));
  if (issue.code === 'unrecognized_keys') return `invalid additional property: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return 'unsupported type';
  if (issue.code === 'invalid_type') return missing(issue) ?? `must provide a ${issue.expected}`;
  return issue.message;
}

function missing(issue: z.core.$ZodIssueInvalidType): string | undefined {
  return issue.message.endsWith('received undefined')
    ? `missing required field: ${String(issue.path.at(-1))}`
    : undefined;
}

function tooMany(origin: string, maximum: number): string {
  return origin === 'array' ? `no more than ${maximum} items allowed` : `must be less than ${maximum + 1} characters`;
}

function tooFew(origin: string, minimum: number): string {
  return origin === 'array' ? `must have at least ${minimum} items` : `must be more than ${minimum - 1} characters`;
}

/** Slack refuses a block_id used twice in a message, and an action_id used twice in a block. */
function doubledIds(blocks: unknown, at: string): string[] {
  if (!Array.isArray(blocks)) return [];
  const ids = doubled(blocks.map((block: Json | null) => block?.block_id));
  return [
    ...ids.map((id) => line(`block_id "${id}" already exists`, at)),
    ...blocks.flatMap((block: Json | null, index) => doubledActions(block?.elements, `${at}/${index}/elements`)),
  ];
}

function doubledActions(elements: unknown, at: string): string[] {
  if (!Array.isArray(elements)) return [];
  const ids = doubled(elements.map((it: Json | null) => it?.action_id));
  return ids.map((id) => line(`\`action_id\` "${id}" already exists for another element in this block`, at));
}

function doubled(ids: unknown[]): string[] {
  const strings = ids.filter((id): id is string => typeof id === 'string');
  return [...new Set(strings.filter((id, index) => strings.indexOf(id) !== index))];
}
