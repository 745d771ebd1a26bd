import type { Json } from './json.ts';

/** @returns one line per problem; empty when Teams would show the card. */
export function cardProblems(card: Json): string[] {
  return card.type === 'AdaptiveCard' ? [] : ['type must be AdaptiveCard.'];
}
