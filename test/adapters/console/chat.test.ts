import { describe, expect, it } from 'vitest';
import { consoleChat } from '../../../adapters/console/chat.ts';
import type { CardView } from '../../../src/release/view.ts';
import { type ChatHarness, chatContract } from '../../contracts/chat.ts';
import { seenScreen } from './screen.ts';
import { abort, approve, card, note } from './views.ts';

const address = { surface: 'console', tenant: 'test', channel: 'releases' } as const;

chatContract('console', async (): Promise<ChatHarness> => {
  const screen = seenScreen();
  const chat = consoleChat(screen);
  const removed = new Set<string>();
  const words = (lines: string[]) => lines.join('\n');
  const last = (message: string) => screen.blocks.findLast((one) => one.kind === 'card' && one.message === message);
  return {
    chat,
    address,
    shown: (message) => (removed.has(message) ? undefined : words(last(message)?.lines ?? [])),
    channel: () => {
      const cards = [...new Set(screen.blocks.filter(({ kind }) => kind === 'card').map(({ message }) => message!))];
      const loud = screen.blocks.filter(({ kind }) => kind === 'loud');
      return [
        ...cards.filter((one) => !removed.has(one)).map((one) => words(last(one)!.lines)),
        ...loud.map(({ lines }) => words(lines)),
      ];
    },
    thread: (message) =>
      screen.blocks
        .filter((one) => ['thread', 'loud'].includes(one.kind) && one.message === message)
        .map(({ lines }) => words(lines)),
    // A terminal calls nobody; the bell would be the only way.
    calls: () => (screen.text().includes('\u0007') ? ['the bell'] : []),
    remove: (message) => {
      removed.add(message);
      chat.forget(message);
    },
  };
});

describe('a card that moves', () => {
  const pods = (text: string): CardView => ({
    ...card,
    tone: 'working',
    headline: 'payments prod · DEPLOYING · 2.4.1',
    facts: [...card.facts, { label: 'Pods', text }],
    buttons: [abort],
  });
  const started = async () => {
    const screen = seenScreen();
    const chat = consoleChat(screen);
    const message = await chat.post(address, pods('2.4.1 on 0 of 3 pods'));
    screen.blocks.length = 0;
    return { screen, chat, change: (view: CardView) => chat.update(address, message, view), message };
  };

  it('takes one line while only counts change', async () => {
    const { screen, change } = await started();
    await change(pods('2.4.1 on 1 of 3 pods'));
    expect(screen.text()).toBe('  ● payments prod · DEPLOYING · 2.4.1 on 1 of 3 pods');
  });

  it('takes no line when nobody would see a difference', async () => {
    const { screen, change } = await started();
    await change({ ...pods('2.4.1 on 0 of 3 pods'), rev: 5 });
    expect(screen.blocks).toEqual([]);
  });

  it('tells of a step that has ended, and of a fact that came', async () => {
    const { screen, change } = await started();
    const view = pods('2.4.1 on 0 of 3 pods');
    const [first, second] = view.steps;
    await change({
      ...view,
      steps: [first!, { ...second!, state: 'done', elapsed: '9 s' }],
      facts: [...view.facts, { label: 'Seen', text: 'pod a was evicted' }],
    });
    expect(screen.text()).toMatch(
      /✔ apply 2\.4\.1 at us\/prod\/deployment\/payments +9 s\n {4}Seen: pod a was evicted/,
    );
  });

  it.each<[string, Partial<CardView>]>([
    ['other buttons', { buttons: [approve] }],
    ['another mood', { tone: 'bad' }],
    ['the end', { final: true }],
  ])('is shown whole again for %s', async (_, different) => {
    const { screen, change } = await started();
    await change({ ...pods('2.4.1 on 0 of 3 pods'), ...different });
    expect(screen.blocks.map(({ kind }) => kind)).toEqual(['card']);
  });
});

describe('two cards', () => {
  it('numbers only the newest one’s buttons, and says whose a line is', async () => {
    const screen = seenScreen();
    const chat = consoleChat(screen);
    const first = await chat.post(address, card);
    await chat.post(address, { ...card, release: 'checkout-1a2' });
    expect(chat.newest()?.release).toBe('checkout-1a2');
    screen.blocks.length = 0;
    await chat.reply(address, first, note, false);
    expect(screen.text()).toBe('  payments-7f3\n  │ ✔ Approved by Bob');
    await chat.update(address, first, { ...card, tone: 'bad' });
    expect(screen.text()).toContain('Numbers are the newest card’s');
  });

  it('are cards of their own again after the screen was cleared', async () => {
    const chat = consoleChat(seenScreen());
    const message = await chat.post(address, card);
    chat.forgetAll();
    expect(await chat.update(address, message, card)).toBe('gone');
    expect(chat.newest()).toBeUndefined();
  });
});
