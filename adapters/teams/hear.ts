import type { TeamsDesk } from './desk.ts';
import type { Admitted } from './door.ts';
import { type HttpReply, taken } from './http.ts';
import { onAdded, onInstalled } from './on-added.ts';
import { onInvoke } from './on-invoke.ts';
import { onMessage } from './on-message.ts';
import { isBot } from './people.ts';

type Listener = (desk: TeamsDesk, admitted: Admitted) => Promise<HttpReply>;

/** Everything that we hear of Teams, in one table. Mending a typo in an old message (`messageUpdate`) must not deploy. */
const listeners: Partial<Record<string, Listener>> = {
  message: onMessage,
  invoke: onInvoke,
  installationUpdate: onInstalled,
  conversationUpdate: onAdded,
};

/** @returns what the Connector is answered: once it is durable, or in time where somebody waits for it */
export const hear: Listener = async (desk, admitted) => {
  const { type } = admitted.activity;
  const listener = Object.hasOwn(listeners, type) ? listeners[type] : undefined;
  // Bots talking to bots is how loops begin.
  return listener && !isBot(admitted) ? listener(desk, admitted) : taken;
};
