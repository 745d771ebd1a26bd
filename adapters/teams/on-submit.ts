import { ask } from '../../src/asking.ts';
import { tellOnce } from './answering.ts';
import type { TeamsDesk } from './desk.ts';
import type { Admitted } from './door.ts';
import { type HttpReply, taken } from './http.ts';
import { replaceForm } from './on-form.ts';
import { askerOf, keyOf, stranger, whoActed } from './people.ts';
import { askedByPress, outdated, pressed } from './pressed.ts';

/** A press from a client that knows no Action.Execute: it comes as a message with the button's data, and nobody waits. */
export const onSubmit = async (desk: TeamsDesk, admitted: Admitted): Promise<HttpReply> => {
  const press = pressed(admitted.activity.value);
  const actor = whoActed(admitted);
  const asked = press && actor && askedByPress(admitted, actor, press);
  const reply = asked ? await ask(desk, asked) : press ? stranger : outdated;
  if (asked?.command && reply.ok) desk.goOn(replaceForm(desk, admitted, asked, reply));
  desk.goOn(tellOnce(desk, askerOf(admitted), keyOf(admitted), reply));
  return taken;
};
