import { buttons, type SlackMessage } from '../servers/slack/messages.ts';
import type { Slack } from '../servers/slack/slack.ts';
import type { Installation } from './installation.ts';
import { channel } from './release-file.ts';

type Place = Pick<Installation, 'slack'>;

/** Types `/release …` and returns the id of the release that was accepted. */
export async function types({ slack }: Place, text: string): Promise<string> {
  const answer = await slack.as('person1').slash(channel, '/release', text);
  const said = answer.outcome === 'acknowledged' ? (answer.says ?? '') : answer.outcome;
  const [, id] = /Accepted as ([a-z0-9-]+)/.exec(said) ?? [];
  if (id) return id;
  throw new Error(`"${text}" was not accepted: ${said}`);
}

/** The first instant at which the card of a release said so on its first line, ms. */
export function shown({ slack }: Place, release: string, state: RegExp, within = 120_000): Promise<number> {
  const look = () => cardOf(slack, release)?.versions.find(({ text }) => state.test(text))?.at;
  return slack.until(look, { within, what: `${release} to show ${state}` });
}

/** Presses a button, says yes to its dialog, and returns when that was, ms. */
export async function presses({ slack }: Place, release: string, label: string): Promise<number> {
  const find = () => {
    const card = cardOf(slack, release);
    const button = card && buttons(card).find((one) => one.label.startsWith(label));
    return button && { card, button };
  };
  const { card, button } = await slack.until(find, { within: 10_000, what: `a button ${label} for ${release}` });
  const at = Date.now();
  const answer = await slack.as('person2').click(card, button.actionId, { confirm: true });
  if (answer.outcome !== 'acknowledged') throw new Error(`${label} was not taken: ${JSON.stringify(answer)}`);
  return at;
}

export function cardOf(slack: Slack, release: string): SlackMessage | undefined {
  return [...slack.workspace.channels.keys()]
    .flatMap(slack.messages)
    .findLast(({ metadata }) => (metadata?.event_payload as { release?: string } | undefined)?.release === release);
}
