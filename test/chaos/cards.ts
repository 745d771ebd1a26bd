import type { SlackMessage } from '../servers/slack/messages.ts';
import type { Slack } from '../servers/slack/slack.ts';

/** The cards as people find them: by the release they are about, oldest first. */
export interface Cards {
  of(release: string): SlackMessage | undefined;
  all(): Map<string, SlackMessage[]>;
}

export function indexCards(slack: Slack, channels: string[]): Cards {
  const found = new Map<string, SlackMessage[]>();
  let seen = 0;
  const look = () => {
    if (slack.happenings.length === seen) return;
    seen = slack.happenings.length;
    for (const channel of channels) for (const message of slack.messages(channel)) index(found, message);
  };
  let nextLook = 0;
  const fresh = () => {
    if (performance.now() < nextLook) return;
    look();
    nextLook = performance.now() + 250;
  };
  return {
    of: (release) => {
      fresh();
      return found.get(release)?.[0];
    },
    all: () => {
      look();
      return found;
    },
  };
}

function index(found: Map<string, SlackMessage[]>, message: SlackMessage): void {
  const metadata = message.metadata as { event_type?: string; event_payload?: { release?: string } } | undefined;
  const release = metadata?.event_type === 'release' ? metadata.event_payload?.release : undefined;
  if (release === undefined) return;
  const known = found.get(release) ?? [];
  if (!known.includes(message)) found.set(release, [...known, message]);
}

/** The state on a card's first line: `payments prod · ROLLED BACK · …`. */
export const stateOn = (card: SlackMessage | undefined): string => card?.text.split(' · ')[1] ?? '';
