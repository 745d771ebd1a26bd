import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Delivery } from '../servers/slack/delivery.ts';
import { buttons, type SlackMessage } from '../servers/slack/messages.ts';
import type { Slack } from '../servers/slack/slack.ts';
import type { Target } from './estate.ts';
import type { History, Request } from './history.ts';

/** People in Slack, and what their client does when it is told "not accepted": it sends the same delivery again. */
export interface People {
  /** Types a command; `because c17` is added, so that it can be told from all others. */
  types(person: string, verb: string, target: Target, text: string): Promise<Request>;
  /** The same delivery once more, as networks do; a different answer is a contradiction. */
  repeats(request: Request): Promise<void>;
  /** Presses a button of a card, says yes to its dialog. False when the card has no such button. */
  presses(person: string, card: SlackMessage, verb: string, label: string, release: string): Promise<boolean>;
}

/** How long a client goes on with one command, ms. */
const patience = 90_000;

const notAccepted = [
  'Not accepted',
  'I cannot tell whether',
  'Something broke here',
  'Others are changing',
  'Others are releasing',
];

export function makePeople(slack: Slack, history: History, calm: () => boolean): People {
  const deliveries = new Map<Request, Delivery>();

  async function types(person: string, verb: string, target: Target, text: string): Promise<Request> {
    const n = history.requests.length + 1;
    const line = `${text} because c${n}`;
    const request: Request = {
      n,
      verb,
      target: `${target.service}@${target.environment}`,
      text: line,
      person,
      retries: 0,
      outcome: 'pending',
      said: '',
      joined: false,
    };
    history.requests.push(request);
    history.note({ invoke: n, person, text: line });
    await slack.as(person).slash(target.channel, '/release', line);
    const sent = slack.deliveries.findLast(({ payload }) => payload.text === line)!;
    deliveries.set(request, { type: sent.type, payload: sent.payload });
    await insist(request, sent);
    history.note({ answer: n, outcome: request.outcome, said: request.said, retries: request.retries });
    return request;
  }

  async function insist(request: Request, first: Answer): Promise<void> {
    const until = performance.now() + patience;
    for (let answer = first; ; ) {
      if (understood(request, answer)) return;
      if (performance.now() > until) {
        request.outcome = 'unknown';
        return;
      }
      await pause(calm() ? 200 : 600 + 100 * (request.n % 9));
      request.retries += 1;
      answer = await slack.redeliver(deliveries.get(request)!);
    }
  }

  async function repeats(request: Request): Promise<void> {
    const again: Request = { ...request };
    await pause(1_100);
    const answer = await slack.redeliver(deliveries.get(request)!);
    history.note({ repeated: request.n, outcome: answer.outcome });
    if (!understood(again, answer)) return;
    if (again.release !== request.release || again.outcome !== request.outcome)
      history.contradictions.push(`c${request.n}: first "${request.said}", then "${again.said}"`);
  }

  async function presses(
    person: string,
    card: SlackMessage,
    verb: string,
    label: string,
    release: string,
  ): Promise<boolean> {
    const found = buttons(card).find((one) => one.label.startsWith(label));
    if (!found) return false;
    history.presses.push({ verb, release, person, at: Date.now() });
    const { outcome } = await slack.as(person).click(card, found.actionId, { confirm: true });
    history.note({ press: verb, release, person, outcome });
    return true;
  }

  return { types, repeats, presses };
}

/** Reads an answer into the request; false when the client must ask again. */
function understood(request: Request, answer: Answer): boolean {
  if (answer.outcome !== 'acknowledged') return false;
  const text = String(answer.body?.text ?? '');
  const said = text.replace(/^\S+ /, '').split('\n')[0]!;
  if (notAccepted.some((words) => said.startsWith(words))) return false;
  request.said = said;
  request.outcome = text.startsWith('❌') ? 'refused' : 'accepted';
  request.joined = /you have joined it|is already rolling back/.test(said);
  request.release = releaseIn(said);
  return true;
}

/** The first id in an answer is the release that it is about: `payments-7f3x`. */
const releaseIn = (said: string): string | undefined => /\b[a-z]+-[23456789b-df-hj-km-np-tv-z]{3,12}\b/.exec(said)?.[0];
