import { z } from 'zod';
import type { Asked } from '../../src/asked.ts';
import { isRefusal, type Refusal, refusalStatus, refuse } from '../../src/errors.ts';
import { type Command, controlVerbs } from '../../src/release/command.ts';
import type { Reply } from '../../src/release/view.ts';
import { along, at, environment, overriding, reason, releaseId, service, strategy, text, version } from './fields.ts';
import { type Answer, type Call, type Route, route } from './route.ts';
import { seenRelease, seenTarget } from './scope.ts';

/** Everything that changes something becomes a Command and goes through `handle`, as it does from chat. */

const replySchema = z
  .object({
    message: z.string(),
    lines: z.array(z.string()),
    text: z.string().optional().meta({ description: 'Preformatted text.' }),
    hint: z.string().optional(),
    release: z.string().optional(),
  })
  .meta({ id: 'Reply' });

type Wish = Pick<Asked, 'text' | 'command' | 'onBehalfOf' | 'change' | 'ticket'>;

async function ask(call: Call, wish: Wish, status: number): Promise<Answer | Refusal> {
  const { who, key, gateway } = call;
  const reply = await gateway.handle({ ...wish, actor: who.actor, principal: who, via: 'rest', key });
  return answerTo(reply, status);
}

const isCode = (code: string | undefined): code is Refusal['code'] =>
  code !== undefined && Object.hasOwn(refusalStatus, code);

function answerTo(reply: Reply, status: number): Answer | Refusal {
  const { ok, code, view, release, form } = reply;
  if (form) return refuse('not-understood', 'There is no form over REST.', 'Write a command; "help" lists them.');
  if (!ok) return { code: isCode(code) ? code : 'not-now', say: view.title, hint: view.hint ?? view.lines.join(' ') };
  const headers = {
    ...(release === undefined ? {} : { location: `/api/v1/releases/${release}` }),
    ...(reply.replayed ? { 'idempotent-replayed': 'true' } : {}),
  };
  const { title, lines, code: block, hint } = view;
  return { status, headers, body: { message: title, lines, text: block, hint, release } };
}

const command = route({
  method: 'POST',
  path: '/api/v1/commands',
  id: 'command',
  summary: 'A command in the words of chat: "deploy payments 2.4.1 to prod", "status", "help"',
  needs: 'any',
  body: z.strictObject({ text, reason: reason.optional(), ...along }),
  answers: { 200: { say: 'What is said back; Location names the release', body: replySchema } },
  async run(call, { body: { reason: why, ...wish } }) {
    if (why === undefined) return ask(call, wish, 200);
    if (/\sbecause\s/i.test(wish.text))
      return refuse(
        'not-understood',
        'The reason is said twice.',
        'Give it in "reason" or after "because", not in both.',
      );
    return ask(call, { ...wish, text: `${wish.text.trim()} because ${why}` }, 200);
  },
});

const deploy = route({
  method: 'POST',
  path: '/api/v1/releases',
  id: 'deploy',
  summary: 'Deploy a version; the answer comes when it is durable, the release goes on from there',
  needs: 'deploy',
  body: z.strictObject({
    service,
    environment,
    version,
    strategy: strategy.optional(),
    at: at.optional(),
    overriding: overriding.optional(),
    reason: reason.optional(),
    ...along,
  }),
  answers: { 202: { say: 'Accepted; Location names the release', body: replySchema } },
  async run(call, { body: { service: name, environment: where, change, ticket, onBehalfOf, ...wish } }) {
    const target = seenTarget(call, { service: name, environment: where }, 'any');
    if (isRefusal(target)) return target;
    return ask(call, { command: { verb: 'deploy', target, ...wish }, change, ticket, onBehalfOf }, 202);
  },
});

const params = z.strictObject({ id: releaseId });
const { onBehalfOf } = along;

const summaries: Record<(typeof controlVerbs)[number], string> = {
  promote: 'Go to 100 % now',
  pause: 'Stop stepping',
  resume: 'Go on',
  abort: 'Return from a release that is under way, or take back one that has not started',
  hold: 'Leave everything as it is and call a person',
  'take-over': 'A person takes it from here; nothing more is written',
};

const controls = controlVerbs.map((verb) =>
  route({
    method: 'POST',
    path: `/api/v1/releases/{id}/${verb}`,
    id: verb,
    summary: summaries[verb],
    needs: 'control',
    params,
    body: z.strictObject({ reason: reason.optional(), onBehalfOf }),
    answers: { 202: { say: 'Durable; Location names the release', body: replySchema } },
    async run(call, { params: { id }, body: { reason: why, ...wish } }) {
      const release = await seenRelease(call, id, 'any');
      if (isRefusal(release)) return release;
      const meant: Command = { verb, on: { release: release.id }, reason: why };
      return ask(call, { command: meant, ...wish }, 202);
    },
  }),
);

const rollback = route({
  method: 'POST',
  path: '/api/v1/releases/{id}/rollback',
  id: 'rollback',
  summary: 'Return to what served before this release, or to a version; it never waits for gates',
  needs: 'rollback',
  params,
  body: z.strictObject({ to: version.optional(), reason: reason.optional(), onBehalfOf }),
  answers: { 202: { say: 'Durable; Location names the release that returns', body: replySchema } },
  async run(call, { params: { id }, body: { to, reason: why, ...wish } }) {
    const release = await seenRelease(call, id, 'any');
    if (isRefusal(release)) return release;
    const meant: Command = { verb: 'rollback', target: release.target, of: release.id, to, reason: why };
    return ask(call, { command: meant, ...wish }, 202);
  },
});

export const commandRoutes: Route[] = [command, deploy, ...controls, rollback];
