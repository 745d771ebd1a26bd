import { toneMark } from '../../src/release/mark.ts';
import type { Mention, NoteView } from '../../src/release/view.ts';
import { code, sectionOf, shrinkToFit } from './blocks.ts';
import { limits } from './limits.ts';
import type { Rendered } from './render.ts';
import { mrkdwn } from './text.ts';

/** One line in the card's thread; the only view that calls people. */
export const renderNote = (view: NoteView, team: string): Rendered => {
  const calls = [...new Set(view.mentions.slice(0, 20).map((mention) => call(mention, team)))].join(' ');
  const tail = calls && ` ${calls}`;
  const line = (max: number): string =>
    `${toneMark[view.tone]} ${mrkdwn(view.text, max - tail.length - toneMark[view.tone].length - 1)}${tail}`;
  return {
    text: line(limits.fallback + tail.length),
    blocks: shrinkToFit((share) => [
      sectionOf(line(Math.max(limits.section * share, 100 + tail.length))),
      ...(view.code ? [code(view.code, limits.section * share)] : []),
    ]),
  };
};

/** `<@U…>` for people and groups of our workspace, the name for everybody else. */
const call = (mention: Mention, team: string): string => {
  if ('group' in mention) {
    const [, id] = /^slack:(S[A-Z0-9]+)$/.exec(mention.group) ?? [];
    return id ? `<!subteam^${id}>` : mrkdwn(mention.name, 80);
  }
  const ours = mention.surface === 'slack' && mention.tenant === team && /^[UW][A-Z0-9]+$/.test(mention.person);
  return ours ? `<@${mention.person}>` : mrkdwn(mention.name, 80);
};
