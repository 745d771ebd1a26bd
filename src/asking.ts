import type { Asked } from './asked.ts';
import { TransientError } from './errors.ts';
import type { Identity, Ledger, Log } from './ports.ts';
import type { AnswerView, Reply } from './release/view.ts';

/** How a chat platform asks, and what it can always say. */

/** What those who hear people need from the house. */
export interface Desk {
  /** Somebody asked: authorises, accepts durably, replies. Throws TransientError when nothing could be accepted. */
  handle: (asked: Asked) => Promise<Reply>;
  identity: Identity;
  once: Ledger['once'];
  /** What the form offers: names of the catalog, as it is now. */
  choices: () => Choices;
  log: Log;
  /** How long a person waits before we say that we are still at it, ms; less than the platform's own patience. */
  patienceMs: number;
}

export interface Choices {
  services: string[];
  environments: string[];
}

/** Asks, and always has something to say: an outage is a reply too. */
export const ask = async (desk: Desk, asked: Asked): Promise<Reply> => {
  try {
    return await desk.handle(asked);
  } catch (error) {
    const { via, key, actor } = asked;
    desk.log.error({ error, via, key, surface: actor.surface }, 'a request from chat was not accepted');
    return privateReply(error instanceof TransientError ? notAccepted(error) : broken);
  }
};

/** How long a platform goes on telling the same thing again, and some more, ms. */
const retoldWithin = 600_000;

/** A platform may tell something twice. The ledger makes it happen once; this makes us say it once. */
export const isFirst = async (desk: Desk, { key }: Pick<Asked, 'key'>): Promise<boolean> => {
  try {
    return await desk.once(`answered:${key}`, retoldWithin);
  } catch {
    return true;
  }
};

export const privateReply = (view: AnswerView): Reply => ({ ok: false, private: true, view });

export const notAccepted = (error: TransientError): AnswerView => (error.unknown ? maybeAccepted : surelyNot(error));

const maybeAccepted: AnswerView = {
  kind: 'answer',
  tone: 'bad',
  title: 'I cannot tell whether this was accepted',
  lines: ['The ledger stopped answering while I wrote it down.'],
  hint: 'Ask again in a moment: what was accepted is recognised and not done twice.',
};

const surelyNot = (error: TransientError): AnswerView => ({
  kind: 'answer',
  tone: 'bad',
  title: 'Not accepted, nothing will happen',
  lines: [`I cannot write it down now: ${error.message}.`],
  hint: 'Try again in a moment.',
});

const broken: AnswerView = {
  kind: 'answer',
  tone: 'bad',
  title: 'Something broke here while I worked on this',
  lines: ['Whether it was accepted is not certain. The operators find the reason in my log.'],
  hint: 'Look with `status` before you try again.',
};

export const stillWriting: AnswerView = {
  kind: 'answer',
  tone: 'waiting',
  title: 'Not accepted yet',
  lines: ['Writing it down takes longer than usual. The outcome follows here.'],
};

export const nothingToRelease = privateReply({
  kind: 'answer',
  tone: 'stopped',
  title: 'The catalog names nothing to release yet',
  lines: [],
  hint: 'Add services and environments to release.yaml.',
});

/** Ways to begin, for whoever wrote nothing that we can read. */
export const waysToBegin: readonly string[] = [
  'deploy <service> <version> to <env>',
  'roll back <service> <env>',
  'status',
  'help',
];

/** The answer if it comes within `ms`. */
export const inTime = async <T>(answer: Promise<T>, ms: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};
