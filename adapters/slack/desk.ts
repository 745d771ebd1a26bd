import { type Desk, privateReply, waysToBegin } from '../../src/asking.ts';
import type { Reply } from '../../src/release/view.ts';
import type { Web } from './web.ts';

/** What the listeners need: the house, and Slack. */
export interface SlackDesk extends Desk {
  web: Web;
  /** Aborted when we stop: no answer is tried again after that. */
  stopping: AbortSignal;
}

/** Slack opens a form only within three seconds of a command or a press, and never for a message. */
export const inText = (reply: Reply): Reply => (reply.form ? tellHow : reply);

const tellHow = privateReply({
  kind: 'answer',
  tone: 'waiting',
  title: 'What shall I do?',
  lines: [...waysToBegin],
  hint: 'Write one of these here, or type /release alone for a form.',
});
