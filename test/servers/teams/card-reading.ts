import { isObject, type Json, objects, textOf } from './json.ts';
import { spoken } from './markdown.ts';

/** An Adaptive Card as a person reads it: its words and what can be pressed and filled in. */

export interface CardInput {
  id: string;
  /** `Input.Text` and so on. */
  type: string;
  label: string;
  value?: string;
  required: boolean;
  /** What the client says when it is left empty or does not fit. */
  errorMessage: string;
  maxLength?: number;
  regex?: string;
}

export interface TeamsButton {
  label: string;
  kind: 'Execute' | 'Submit' | 'ShowCard' | 'OpenUrl' | 'ToggleVisibility';
  verb?: string;
  data?: Json;
  url?: string;
  style?: string;
  /** The label of the button that must be pressed first. */
  behind?: string;
  /** What a ShowCard opens. */
  opens?: Json;
  /** What is sent along: the inputs of this card and of the cards around it. */
  inputs: CardInput[];
  /** What a client that does not know Action.Execute presses instead. */
  fallback?: Json;
}

/** @returns every element of a card, containers before what they hold; what stands behind buttons is left out. */
export function cardElements(card: Json): Json[] {
  return objects(card.body).flatMap(inside);
}

function inside(element: Json): Json[] {
  if (element.isVisible === false) return [];
  const held = [element.items, element.columns, element.images].flatMap(objects);
  return [element, ...held.flatMap(inside)];
}

/** @returns one line per text, without button labels. */
export function cardText(card: Json): string[] {
  const entities = objects((card.msteams as Json | undefined)?.entities);
  return cardElements(card).flatMap((element) => {
    if (element.type === 'TextBlock') return [spoken(textOf(element.text), entities)];
    if (element.type === 'RichTextBlock') return [runs(element.inlines)];
    if (element.type === 'FactSet') return objects(element.facts).map((it) => fact(it, entities));
    return textOf(element.label) ? [textOf(element.label)] : [];
  });
}

/** Text runs know no Markdown and no mentions: their words stand as they are. */
function runs(inlines: unknown): string {
  const all: unknown[] = Array.isArray(inlines) ? inlines : [];
  return all.map((it) => (isObject(it) ? textOf(it.text) : String(it))).join('');
}

function fact({ title, value }: Json, entities: Json[]): string {
  return `${spoken(textOf(title), entities)} ${spoken(textOf(value), entities)}`.trim();
}

/** @returns every input of this card, not of those behind its buttons. */
export function cardInputs(card: Json): CardInput[] {
  return cardElements(card).flatMap((it) => (textOf(it.type).startsWith('Input.') ? [input(it)] : []));
}

function input({ id, type, label, value, isRequired, errorMessage, maxLength, regex }: Json): CardInput {
  return {
    id: textOf(id),
    type: textOf(type),
    label: textOf(label),
    value: value === undefined ? undefined : String(value),
    required: isRequired === true,
    errorMessage: textOf(errorMessage),
    maxLength: maxLength as number | undefined,
    regex: regex as string | undefined,
  };
}

/** @returns the actions that stand in this card: those of ActionSets, then those at its foot. */
export function cardActions(card: Json): Json[] {
  const sets = cardElements(card).flatMap((it) => (it.type === 'ActionSet' ? objects(it.actions) : []));
  const touched = cardElements(card).flatMap((it) => (isObject(it.selectAction) ? [it.selectAction] : []));
  return [...sets, ...touched, ...objects(card.actions)];
}

/** @returns every button, those behind a ShowCard right after it. */
export function cardButtons(card: Json, around: CardInput[] = [], behind?: string): TeamsButton[] {
  const inputs = [...around, ...cardInputs(card)];
  return cardActions(card).flatMap((action) => {
    const opens = isObject(action.card) ? action.card : undefined;
    const one = button(action, { inputs, behind, opens });
    return opens ? [one, ...cardButtons(opens, inputs, one.label)] : [one];
  });
}

function button(action: Json, where: Pick<TeamsButton, 'inputs' | 'behind' | 'opens'>): TeamsButton {
  return {
    label: textOf(action.title),
    kind: textOf(action.type).replace('Action.', '') as TeamsButton['kind'],
    verb: action.verb as string | undefined,
    data: action.data as Json | undefined,
    url: action.url as string | undefined,
    style: action.style as string | undefined,
    fallback: isObject(action.fallback) ? action.fallback : undefined,
    ...where,
    inputs: action.associatedInputs === 'none' ? [] : where.inputs,
  };
}
