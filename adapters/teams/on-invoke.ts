import { z } from 'zod';
import type { Asked } from '../../src/asked.ts';
import { ask, inTime, stillWriting } from '../../src/asking.ts';
import type { Reply } from '../../src/release/view.ts';
import { tellOnce } from './answering.ts';
import type { TeamsDesk } from './desk.ts';
import type { Admitted } from './door.ts';
import { type HttpReply, status } from './http.ts';
import { fits, notSupported, tell } from './invoke-answer.ts';
import { onForm } from './on-form.ts';
import { askerOf, isComplete, keyOf, stranger, whoActed } from './people.ts';
import { askedByPress, outdated, pressed } from './pressed.ts';

/**
 * A pressed button. Teams waits five seconds, then it presses again. Whoever pressed is told what came of it; the card
 * changes by itself, from state.
 */
export const onInvoke = async (desk: TeamsDesk, admitted: Admitted): Promise<HttpReply> => {
  const { name, value } = admitted.activity;
  if (!isComplete(admitted)) return status(400);
  if (name !== 'adaptiveCard/action') return notSupported(name);
  const press = pressed(dataOf(value));
  const actor = whoActed(admitted);
  if (!press) return tell(outdated.view);
  if (!actor) return tell(stranger.view);
  const asked = askedByPress(admitted, actor, press);
  return 'form' in press ? onForm(desk, admitted, asked, press.form) : onButton(desk, admitted, asked);
};

const onButton = async (desk: TeamsDesk, admitted: Admitted, asked: Asked): Promise<HttpReply> => {
  const pending = ask(desk, asked);
  const reply = await inTime(pending, desk.patienceMs);
  if (!reply || !fits(reply.view)) desk.goOn(tellAfter(desk, admitted, pending));
  return tell(reply?.view ?? stillWriting);
};

const tellAfter = async (desk: TeamsDesk, admitted: Admitted, pending: Promise<Reply>): Promise<void> =>
  tellOnce(desk, askerOf(admitted), keyOf(admitted), await pending);

const invoke = z.object({ action: z.object({ data: z.unknown() }), trigger: z.string().optional() });

/** A client that refreshes a card by itself presses nothing. */
const dataOf = (value: unknown): unknown => {
  const { data } = invoke.safeParse(value);
  return data?.trigger === 'automatic' ? undefined : data?.action.data;
};
