import { messageActivity, pressActivity } from '../servers/teams/incoming.ts';
import type { Json } from '../servers/teams/json.ts';
import { makeKeys } from '../servers/teams/keys.ts';
import type { TeamsMessage } from '../servers/teams/messages.ts';
import { findUser, type TeamsUser } from '../servers/teams/organization.ts';
import { addMessage, makeStore } from '../servers/teams/store.ts';
import { startTeams, type Teams } from '../servers/teams/teams.ts';
import type { Actor } from '../servers/teams/world.ts';
import type { Sender } from './open-loop.ts';
import { people } from './release-file.ts';

const channel = '19:bench@thread.tacv2';
const options = { users: people.map(({ name }) => ({ name })), channels: [{ id: channel, name: 'Bench' }] };
const names = people.map(({ name }) => name);

type Request = ReturnType<Sender['next']>;

/** What the Connector posts: whole requests, rightly signed. One token for all, as it uses each for its whole hour. */
export interface Connector {
  /** Of the nth person, in a thread of their own. */
  mention(n: number, text: string): Request;
  /** Of the nth person, on a card in their thread. */
  press(n: number, verb: string, ref: string): Request;
}

/** Without Teams' rates: how fast the answers are posted is not what is measured. */
export const startBenchTeams = (): Promise<Teams> => startTeams(options);

/** Posts in the name of this Teams, over connections of its own, so that signing and bookkeeping do not count. */
export async function connectorOf(teams: Teams): Promise<Connector> {
  const store = makeStore(options);
  const world = { store, serviceUrl: () => teams.url, wire: never };
  const bearer = await (await makeKeys(store)).authorization({ activity: { serviceUrl: teams.url } });
  const headers = { 'content-type': 'application/json; charset=utf-8', authorization: bearer ?? '' };
  // Answers go into these threads, so that they have to exist over there.
  const threads = names.map((name) => teams.as(name).say(channel, 'What shall we release?').id);
  const where = store.conversations.get(channel)!;
  const write = (n: number, text: string, entities: Json[] = []): { actor: Actor; message: TeamsMessage } => {
    const user = findUser(store.users, names[n % names.length]!) as TeamsUser;
    const thread = threads[n % threads.length]!;
    const draft = { conversation: channel, from: user.id, fromApp: false, text, entities, thread };
    return { actor: { world, user }, message: addMessage(store, draft) };
  };
  const request = (activity: Json): Request => ({ body: JSON.stringify(activity), headers });
  return {
    mention(n, text) {
      const at = `<at>${store.bot.name}</at>`;
      const { actor, message } = write(n, `${at} ${text}`, [
        { type: 'mention', mentioned: { ...store.bot }, text: at },
      ]);
      return request(messageActivity(actor, where, message, {}));
    },
    press(n, verb, ref) {
      const { actor, message } = write(n, 'a card');
      return request(pressActivity(actor, where, message, { verb, data: { ref } }, {}));
    },
  };
}

const never = (): Promise<never> => Promise.reject(new Error('the open loop posts, not the stand-in'));
