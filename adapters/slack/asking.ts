import type { Asked } from '../../src/asked.ts';
import { TransientError } from '../../src/errors.ts';
import type { Identity, Ledger, Log } from '../../src/ports.ts';
import type { AnswerView, Reply } from '../../src/release/view.ts';
import type { Web } from './web.ts';

/** What the listeners need from the house, and how they ask. */
export interface Desk {
  /** Somebody asked: authorises, accepts durably, replies. Throws TransientError when nothing could be accepted. */
  handle: (asked: Asked) => Promise<Reply>;
  identity: Identity;
  once: Ledger['once'];
  /** What the form offers: names of the catalog, as it is now. */
  choices: () => { services: string[]; environments: string[] };
  web: Web;
  log: Log;
  /** How long a person waits before we say that we are still at it, ms; Slack gives up after 3 s. */
  patienceMs: number;
}

/** Asks, and always has something to say: an outage is a reply too. */
export const ask = async (desk: Desk, asked: Asked): Promise<Reply> => {
  try {
    return await desk.handle(asked);
  } catch (error) {
    desk.log.error({ error, via: asked.via, key: asked.key }, 'a request from Slack was not accepted');
    return privateReply(error instanceof TransientError ? notAccepted(error) : broken);
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

/** Slack opens a form only within three seconds of a command or a press, and never for a message. */
export const inText = (reply: Reply): Reply => (reply.form ? tellHow : reply);

const tellHow = privateReply({
  kind: 'answer',
  tone: 'waiting',
  title: 'What shall I do?',
  lines: ['deploy <service> <version> to <env>', 'roll back <service> <env>', 'status', 'help'],
  hint: 'Write one of these here, or type /release alone for a form.',
});

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
