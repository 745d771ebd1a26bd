import { cardProblems } from './card-rules.ts';
import { isObject, type Json, objects, textOf } from './json.ts';
import { limits } from './limits.ts';
import { mentions } from './messages.ts';
import { findUser } from './organization.ts';
import { refusal } from './refusal.ts';
import type { Draft, Store } from './store.ts';

/** Judges what the app wants to say. */

const adaptive = 'application/vnd.microsoft.card.adaptive';

/** What a message would show. Text and a card together become two messages, so there is a list. */
export type Says = Pick<Draft, 'text' | 'summary' | 'card' | 'entities'>;

/** @throws Refusal 413 above 100 KB of UTF-16, 400 for what Teams cannot show. */
export function readActivity(store: Store, activity: Json, raw: string): Says {
  if (raw.length * 2 > limits.messageBytes)
    throw refusal(413, 'MessageSizeTooBig', 'Message size too large.', [`${raw.length * 2} bytes in UTF-16.`]);
  if (activity.type !== 'message') throw bad(`type ${JSON.stringify(activity.type)} is not a message.`);
  const [attachment, ...more] = objects(activity.attachments);
  if (more.length > 0) throw bad('This stand-in shows one attachment a message.');
  const text = textOf(activity.text);
  const entities = objects(activity.entities);
  if (!attachment && text === '') throw bad('A message needs text or an attachment.');
  mustStand(entities, text);
  const says = { text, summary: textOf(activity.summary), entities, card: attachment && cardOf(attachment) };
  worry(store, says);
  return says;
}

function cardOf({ contentType, content }: Json): Json {
  if (contentType !== adaptive) throw bad(`Attachments are ${adaptive}, not ${String(contentType)}.`);
  if (!isObject(content)) throw bad('The attachment has no card.');
  const problems = cardProblems(content);
  if (problems.length > 0) throw refusal(400, 'BadArgument', 'The card is invalid.', problems);
  return content;
}

function mustStand(entities: Json[], text: string): void {
  for (const it of entities.filter((one) => one.type === 'mention'))
    if (!textOf(it.text) || !text.includes(textOf(it.text)))
      throw bad(`The mention ${JSON.stringify(it.text)} does not stand in the text.`);
}

/** What Teams shows, and somebody pays for. */
function worry(store: Store, says: Says): void {
  if (says.card && !says.summary) store.warnings.push('A card without a summary: its notification says nothing.');
  if (says.card && says.text) store.warnings.push('Text and card in one message: Teams makes two, and tells no id.');
  const called = mentions({ text: says.text, card: says.card, entities: says.entities ?? [] });
  for (const { id, text } of called)
    if (!findUser(store.users, id) && id !== store.bot.id)
      store.warnings.push(`The mention ${text} calls nobody: there is no ${id}.`);
}

export function bad(problem: string) {
  return refusal(400, 'BadArgument', 'Bad argument.', [problem]);
}
