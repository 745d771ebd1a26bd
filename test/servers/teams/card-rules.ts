import type { z } from 'zod';
import { actions, card as cardShape, columns, elements, inlines, shapeProblems } from './card-shapes.ts';
import { isObject, type Json, objects, textOf } from './json.ts';
import { limits } from './limits.ts';

/** Judges a card the way the strictest client of Teams does: one line per problem, `where: what is wrong`. */

/** What is gathered on the way through a card and the cards behind its buttons. */
interface Walk {
  problems: string[];
  ids: string[];
  /** Ids that Action.ToggleVisibility means. */
  targets: string[];
  /** Texts that may hold mentions. */
  texts: string[];
}

/** @returns one line per problem; empty when Teams would show the card. */
export function cardProblems(card: Json): string[] {
  const walk: Walk = { problems: [], ids: [], targets: [], texts: [] };
  walkCard(walk, card, 'card');
  const { problems, ids, targets } = walk;
  const doubled = ids.filter((id, index) => ids.indexOf(id) !== index);
  const missing = targets.filter((id) => !ids.includes(id));
  return [
    ...versionProblems(card),
    ...problems,
    ...doubled.map((id) => `card: the id ${id} is there twice, and mobile clients refuse the card.`),
    ...missing.map((id) => `card: Action.ToggleVisibility means ${id}, which is not there.`),
    ...mentionProblems(card, walk.texts),
  ];
}

function versionProblems({ version }: Json): string[] {
  const match = /^(\d+)\.(\d+)$/.exec(textOf(version));
  if (!match) return ['card/version: is missing.'];
  const [major, minor] = limits.cardVersion;
  const fits = Number(match[1]) === major && Number(match[2]) <= minor;
  return fits ? [] : [`card/version: Teams shows up to ${limits.cardVersion.join('.')}, not ${textOf(version)}.`];
}

function walkCard(walk: Walk, card: Json, at: string): void {
  walk.problems.push(...shapeProblems(cardShape, card, at));
  walkAll(walk, elements, card.body, `${at}/body`);
  walkActions(walk, card.actions, `${at}/actions`);
  walkSelect(walk, card.selectAction, `${at}/selectAction`);
  if (isObject(card.refresh))
    walkOne(walk, { 'Action.Execute': actions['Action.Execute']! }, card.refresh.action, `${at}/refresh`);
}

type Shapes = Record<string, z.ZodType>;

function walkAll(walk: Walk, shapes: Shapes, all: unknown, at: string): void {
  if (!Array.isArray(all)) return;
  for (const [index, one] of all.entries()) walkOne(walk, shapes, one, `${at}/${index}`);
}

/** Actions of one row: only so many are shown, the rest hides behind "…". */
function walkActions(walk: Walk, all: unknown, at: string): void {
  walkAll(walk, actions, all, at);
  const primary = objects(all).filter((it) => textOf(it.mode).toLowerCase() !== 'secondary').length;
  if (primary > limits.primaryActions)
    walk.problems.push(`${at}: ${primary} primary actions, Teams shows ${limits.primaryActions}.`);
}

function walkOne(walk: Walk, shapes: Shapes, one: unknown, at: string): void {
  // A text run may be a mere string.
  if (typeof one === 'string' && shapes === inlines) return;
  if (!isObject(one)) return void walk.problems.push(`${at}: is not an object.`);
  const shape = shapes[textOf(one.type)];
  if (!shape) return void walk.problems.push(`${at}: ${String(one.type)} is not known here.`);
  walk.problems.push(...shapeProblems(shape, one, at));
  if (textOf(one.id)) walk.ids.push(textOf(one.id));
  remember(walk, one);
  walkInside(walk, one, at);
  if (one.fallback !== undefined) walkFallback(walk, shapes, one.fallback, `${at}/fallback`);
}

function remember(walk: Walk, one: Json): void {
  if (one.type === 'TextBlock') walk.texts.push(textOf(one.text));
  if (one.type === 'FactSet')
    walk.texts.push(...objects(one.facts).flatMap((it) => [textOf(it.title), textOf(it.value)]));
  const targets = Array.isArray(one.targetElements) ? one.targetElements : [];
  walk.targets.push(...targets.map((it: unknown) => (isObject(it) ? textOf(it.elementId) : String(it))));
}

function walkInside(walk: Walk, one: Json, at: string): void {
  walkAll(walk, elements, one.items, `${at}/items`);
  walkAll(walk, columns, one.columns, `${at}/columns`);
  walkAll(walk, inlines, one.inlines, `${at}/inlines`);
  walkAll(walk, { Image: elements.Image! }, one.images, `${at}/images`);
  walkActions(walk, one.actions, `${at}/actions`);
  walkSelect(walk, one.selectAction, `${at}/selectAction`);
  walkSelect(walk, one.inlineAction, `${at}/inlineAction`);
  if (isObject(one.card)) walkCard(walk, { type: 'AdaptiveCard', ...one.card }, `${at}/card`);
}

/** A tap does not open a ShowCard. */
function walkSelect(walk: Walk, one: unknown, at: string): void {
  const { 'Action.ShowCard': _not, ...rest } = actions;
  if (one !== undefined) walkOne(walk, rest, one, at);
}

/** Shown instead, so its ids may be those of what it replaces. */
function walkFallback(walk: Walk, shapes: Shapes, fallback: unknown, at: string): void {
  if (fallback !== 'drop') walkOne({ ...walk, ids: [] }, shapes, fallback, at);
}

/** cards-format, "Mention support": text blocks and facts can hold mentions, text runs cannot. */
function mentionProblems(card: Json, texts: string[]): string[] {
  const entities = objects((card.msteams as Json | undefined)?.entities);
  const lost = entities.filter((it) => !texts.some((text) => text.includes(textOf(it.text))));
  return lost.map((it) => `card/msteams/entities: ${textOf(it.text)} stands in no TextBlock and no FactSet.`);
}
