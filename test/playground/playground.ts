import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { freePort } from '../servers/redis.ts';
import { ann, channel, channelName, type Person, people, tenant } from './people.ts';

/**
 * The Microsoft 365 Agents Playground: a Teams-like client and a Bot Connector on this machine. Its licence gives it for
 * testing alone: it is started from node_modules and never becomes part of what we ship. How others than the one at the
 * browser act is not documented; its version is pinned.
 */
export interface Playground {
  /** What a browser opens. */
  url: string;
  /** The newest card with buttons and these words, as it stands now. */
  card(words: string): PlaygroundMessage;
  /** Presses a button as somebody who does not sit at the browser. @returns what they alone are told */
  press(person: Person, message: PlaygroundMessage, title: string): Promise<string>;
  close(): Promise<void>;
}

export interface PlaygroundMessage {
  id: string;
  /** The conversation that a press on it comes from: `19:…;messageid=…` in a channel. */
  conversation: string;
  text?: string;
  /** Its Adaptive Card. */
  card?: unknown;
}

/** @param endpoint where the bot is told things, which must be there already */
export async function startPlayground(endpoint: string): Promise<Playground> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 're-playground-'));
  const child = await start(folder, port, endpoint);
  const url = `http://127.0.0.1:${port}`;
  const told = await follow(`ws://127.0.0.1:${port}/_ws_conversation/v1/conversations/stream`);
  return {
    url,
    card: (words) => newest(told.messages(), words),
    press: (person, message, title) => press(url, person, message, title),
    close: async () => {
      told.close();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** It writes its log where it is started, which must not be the checkout. */
async function start(folder: string, port: number, endpoint: string): Promise<ChildProcess> {
  const config = join(folder, '.m365agentsplayground.yml');
  await writeFile(config, JSON.stringify(organization()));
  const script = resolve('node_modules/@microsoft/m365agentsplayground/cli.js');
  const connector = `http://127.0.0.1:${port}/_connector`;
  const words = ['start', '-e', endpoint, '-c', 'msteams', '-p', String(port), '--su', connector, '--dt'];
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: folder, TEAMSAPPTESTER_BROWSER: 'none', M365_AGENTS_PLAYGROUND_CONFIG_PATH: config };
  const child = spawn(process.execPath, [script, ...words], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  // A run that is stopped in its middle leaves nobody behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const { promise, resolve: listening, reject } = Promise.withResolvers<void>();
  createInterface(child.stdout).on('line', (line) => {
    const at = /Listening on (\d+)/.exec(line)?.[1];
    if (at === String(port)) listening();
    else if (at) reject(new Error(`the Playground listens on ${at}, as somebody else took ${port}`));
  });
  child.once('exit', async (code) => {
    // Why it ended stands nowhere else.
    const why = await readFile(join(folder, 'devTools/m365agentsplayground.log'), 'utf8').catch(() => 'no log');
    reject(new Error(`the Playground ended (${code}): ${why.slice(-2_000)}`));
  });
  await promise;
  return child;
}

const organization = () => ({
  version: '0.1.1',
  tenantId: tenant,
  bot: { id: '28:release-engineer', name: 'Release Engineer' },
  currentUser: user(ann),
  users: people.filter((one) => one !== ann).map(user),
  personalChat: { id: 'a:personal-chat' },
  groupChat: { id: '19:incident@thread.v2', name: 'Incident 42' },
  team: {
    id: '19:team@thread.tacv2',
    name: 'Platform',
    aadGroupId: 'd0000000-0000-4000-8000-000000000001',
    channels: [{ id: channel, name: channelName }],
  },
});

const user = ({ id, name, aadObjectId, email }: Person) => {
  const [givenName, surname] = name.split(' ');
  return { id, name, aadObjectId, email, userPrincipleName: email, givenName, surname };
};

interface Frame {
  action: string;
  actionConversationId: string;
  message?: { messageId: string; text?: string; postConversationId?: string; attachments?: { content: unknown }[] };
}

async function follow(url: string): Promise<{ messages(): PlaygroundMessage[]; close(): void }> {
  const messages = new Map<string, PlaygroundMessage>();
  const socket = new WebSocket(url);
  socket.on('message', (data) => {
    const { actionConversationId, message } = JSON.parse(String(data)) as Frame;
    if (!message) return;
    const { messageId: id, text, attachments, postConversationId } = message;
    const conversation = messages.get(id)?.conversation ?? postConversationId ?? actionConversationId;
    messages.set(id, { id, conversation, text, card: attachments?.[0]?.content });
  });
  await once(socket, 'open');
  return { messages: () => [...messages.values()], close: () => socket.terminate() };
}

function newest(messages: PlaygroundMessage[], words: string): PlaygroundMessage {
  const found = messages.findLast(({ card }) => JSON.stringify(card)?.includes(words) && actionsIn(card).length > 0);
  if (!found) throw new Error(`no card with buttons says ${words}`);
  return found;
}

interface Action {
  type: string;
  title?: string;
  verb?: string;
  data?: object;
}

async function press(url: string, person: Person, message: PlaygroundMessage, title: string): Promise<string> {
  const buttons = actionsIn(message.card);
  const found = buttons.find((action) => action.title?.startsWith(title));
  if (!found) throw new Error(`the card has no button ${title}: ${buttons.map((one) => one.title).join(', ')}`);
  const { type, verb, data } = found;
  const answer = await fetch(`${url}/_conversation/v1/invoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'adaptiveCard/action',
      value: { action: { type, title: found.title, verb, data } },
      from: { id: person.id },
      conversation: { id: message.conversation },
      replyToId: message.id,
    }),
  });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`the press on ${title} was answered ${answer.status}: ${body}`);
  return String((JSON.parse(body) as { value?: unknown }).value);
}

/** Every button that tells the bot something, also in the small cards that other buttons open. */
function actionsIn(part: unknown): Action[] {
  if (Array.isArray(part)) return part.flatMap(actionsIn);
  if (typeof part !== 'object' || part === null) return [];
  if ('type' in part && part.type === 'Action.Execute') return [part as Action];
  return Object.values(part).flatMap(actionsIn);
}
