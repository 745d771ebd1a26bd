import { describe, expect, it } from 'vitest';
import { TransientError } from '../../src/errors.ts';
import type { Chat } from '../../src/ports.ts';
import type { Address } from '../../src/release/event.ts';
import type { CardView, NoteView, Tone, View } from '../../src/release/view.ts';

/** What every chat platform promises, seen with the eyes of somebody in the channel. */

export interface ChatHarness {
  chat: Chat;
  address: Address;
  /** The words of a message as it stands now; undefined when it is gone. */
  shown(message: string): string | undefined;
  /** The words of every message of the channel itself, oldest first; replies only where they are shown there too. */
  channel(): string[];
  /** The words of the replies under a message, oldest first. */
  thread(message: string): string[];
  /** Everything in a message that the platform takes for a mention of somebody. */
  calls(message: string): string[];
  /** Somebody deletes the message. */
  remove(message: string): void;
  /** The platform does not answer the next call. Absent where there is nothing that could fail. */
  breakOnce?(): void;
}

const card: CardView = {
  kind: 'release',
  release: 'payments-7f3',
  rev: 4,
  final: false,
  tone: 'working',
  headline: 'payments prod · DEPLOYING · 3 of 30 pods',
  facts: [{ label: 'Version', text: '2.4.0 to 2.4.1' }],
  steps: [{ text: 'canary 10 %', state: 'now', elapsed: '12 s' }],
  buttons: [{ verb: 'abort', label: 'Abort', style: 'danger', ref: 'sealed' }],
};
const later: CardView = {
  ...card,
  rev: 5,
  final: true,
  tone: 'good',
  headline: 'payments prod · SUCCEEDED',
  buttons: [],
};
const note: NoteView = { kind: 'note', tone: 'waiting', text: 'waiting for lead', mentions: [] };
const tones: Tone[] = ['working', 'waiting', 'good', 'bad', 'stopped', 'told'];
const hostile = '<!channel> <@U0ALICE> &lt; *x* `y` @here <http://evil.example|safe> </at> [a](b)';

const kinds: [string, View][] = [
  ...tones.map((tone): [string, View] => [`a ${tone} card`, { ...card, tone }]),
  ['a card with nothing but a headline', { ...card, facts: [], steps: [], buttons: [] }],
  ['a note with code', { ...note, code: 'kubectl rollout undo deployment/payments' }],
  ['an answer', { kind: 'answer', tone: 'good', title: 'payments prod', lines: ['2.4.1, healthy'], hint: 'Try why.' }],
];

/** Holds one platform to the Chat port. `make` gives a fresh channel each time. */
export const chatContract = (platform: string, make: () => Promise<ChatHarness>): void => {
  describe(`the chat port on ${platform}`, () => {
    it('posts a card and changes it in place', async () => {
      const { chat, address, shown, channel } = await make();
      const message = await chat.post(address, card);
      expect(shown(message)).toContain('DEPLOYING');
      expect(await chat.update(address, message, later)).toBe('ok');
      expect(shown(message)).toContain('SUCCEEDED');
      expect(shown(message)).not.toContain('DEPLOYING');
      expect(channel()).toHaveLength(1);
    });

    it('shows what the card says', async () => {
      const { chat, address, shown } = await make();
      const words = shown(await chat.post(address, card));
      for (const word of ['payments prod', 'Version', '2.4.0 to 2.4.1', 'canary 10 %', '12 s'])
        expect(words).toContain(word);
    });

    it('says that a message is gone, so that a new one can be posted', async () => {
      const { chat, address, remove, channel } = await make();
      const message = await chat.post(address, card);
      remove(message);
      expect(await chat.update(address, message, later)).toBe('gone');
      const next = await chat.post(address, later);
      expect(next).not.toBe(message);
      expect(channel()).toEqual([expect.stringContaining('SUCCEEDED')]);
    });

    it('keeps quiet lines in the thread, and shows loud ones in the channel too', async () => {
      const { chat, address, channel, thread } = await make();
      const message = await chat.post(address, card);
      await chat.reply(address, message, note, false);
      expect(channel()).toHaveLength(1);
      await chat.reply(address, message, { ...note, text: 'rolled back' }, true);
      expect(thread(message)).toEqual([
        expect.stringContaining('waiting for lead'),
        expect.stringContaining('rolled back'),
      ]);
      expect(channel()).toEqual([expect.stringContaining('DEPLOYING'), expect.stringContaining('rolled back')]);
    });

    it('tells a loud line even when its card was deleted', async () => {
      const { chat, address, channel, remove } = await make();
      const message = await chat.post(address, card);
      remove(message);
      await chat.reply(address, message, note, false);
      await chat.reply(address, message, { ...note, text: 'rolled back' }, true);
      expect(channel()).toEqual([expect.stringContaining('rolled back')]);
    });

    it('keeps the cards of two releases apart', async () => {
      const { chat, address, shown } = await make();
      const one = await chat.post(address, card);
      const two = await chat.post(address, { ...card, release: 'payments-8gh', headline: 'payments prod · QUEUED' });
      expect(one).not.toBe(two);
      await chat.update(address, one, later);
      expect(shown(two)).toContain('QUEUED');
    });

    it.each(kinds)('takes %s', async (_kind, view) => {
      const { chat, address, shown } = await make();
      expect(shown(await chat.post(address, view))).not.toBe('');
    });

    it('takes any length, and never cuts the state off', async () => {
      const { chat, address, shown } = await make();
      const long = 'x'.repeat(60_000);
      const facts = Array.from({ length: 40 }, () => ({ label: long, text: long }));
      const view: CardView = { ...card, headline: `payments prod · FAILED · ${long}`, facts, footer: long };
      expect(shown(await chat.post(address, view))).toContain('payments prod · FAILED');
      await chat.post(address, { ...note, text: long, code: long });
    });

    it('shows text from outside as it is: it calls nobody', async () => {
      const { chat, address, shown, calls } = await make();
      const view: CardView = {
        ...card,
        headline: hostile,
        facts: [{ label: hostile, text: hostile }],
        footer: hostile,
      };
      const steps: CardView['steps'] = [{ text: hostile, state: 'failed', elapsed: hostile }];
      const answer: View = {
        kind: 'answer',
        tone: 'bad',
        title: hostile,
        lines: [hostile],
        hint: hostile,
        code: hostile,
      };
      for (const it of [{ ...view, steps }, { ...note, text: hostile, code: hostile }, answer]) {
        const message = await chat.post(address, it);
        expect(shown(message)).toContain('channel');
        expect(calls(message)).toEqual([]);
      }
    });

    it('says how often a card may change', async () => {
      const { chat } = await make();
      expect(chat.paceMs).toBeGreaterThanOrEqual(0);
      expect(chat.paceMs).toBeLessThanOrEqual(10_000);
    });

    it('throws TransientError when the platform does not answer, and works again after', async ({ skip }) => {
      const { chat, address, breakOnce, shown } = await make();
      if (!breakOnce) return skip(`nothing can fail on ${platform}`);
      const message = await chat.post(address, card);
      breakOnce();
      await expect(chat.update(address, message, later)).rejects.toBeInstanceOf(TransientError);
      breakOnce();
      await expect(chat.reply(address, message, note, true)).rejects.toBeInstanceOf(TransientError);
      expect(await chat.update(address, message, later)).toBe('ok');
      expect(shown(message)).toContain('SUCCEEDED');
    });
  });
};
