import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { teamsChat } from '../../../adapters/teams/chat.ts';
import { references } from '../../../adapters/teams/references.ts';
import type { Asked } from '../../../src/asked.ts';
import type { Chat } from '../../../src/ports.ts';
import { listen, shut } from '../../servers/teams/serve.ts';
import type { Teams, TeamsOptions } from '../../servers/teams/teams.ts';
import { cardView } from '../slack/views.ts';
import { teamsWith, transportOf } from './real.ts';
import { acme, appOn, guest, prod, type Setup } from './setup.ts';

/** Our app against the stand-in, over HTTP and through the SDK: signed both ways, within Microsoft's times. */

const people: TeamsOptions = {
  users: [{ name: 'ann' }, { name: 'bob' }, { name: guest.name, userType: 'Guest' }],
  channels: [{ id: prod, name: 'prod' }],
  chats: [{ id: '19:group@thread.v2', name: 'on call' }],
};

export interface OverHttp {
  teams: Teams;
  asked: Asked[];
  chat: Chat;
  stop: () => Promise<void>;
}

export const overHttp = async (setup: Setup = {}, options: TeamsOptions = {}): Promise<OverHttp> => {
  const teams = await teamsWith({ ...people, ...options });
  const transport = transportOf(teams);
  const kept = new Map<string, unknown>();
  const store = {
    read: async (key: string) => kept.get(key),
    write: async (key: string, it: unknown) => void kept.set(key, it),
  };
  const known = references(store, { serviceUrl: teams.url, tenant: acme }, ['127.0.0.1']);
  const { app, asked } = appOn(transport, known, { hosts: ['127.0.0.1'], ...setup });
  const server = createServer(async (request, response) => {
    const reply = await app.receive(await buffer(request), request.headers);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  teams.deliverTo(`${await listen(server)}/api/messages`);
  onTestFinished(() => shut(server));
  return { teams, asked, chat: teamsChat(transport, known), stop: app.stop };
};

/** A release card of ours in the channel. */
export const postCard = async ({ teams, chat }: OverHttp) => {
  const id = await chat.post({ surface: 'teams', tenant: acme, channel: prod }, cardView());
  return teams.messages(prod).find((it) => it.id === id)!;
};
