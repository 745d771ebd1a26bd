import type { Ledger } from '../../src/ports.ts';
import type { AnswerView, Reply } from '../../src/release/view.ts';

/** What a scripted `handle` says, whatever the platform. */

export const answer = (title: string, more: Partial<AnswerView> = {}): AnswerView => ({
  kind: 'answer',
  tone: 'good',
  title,
  lines: [],
  ...more,
});
export const yes = (title: string, more: Partial<Reply> = {}): Reply => ({
  ok: true,
  private: true,
  view: answer(title),
  ...more,
});
export const no = (code: string, title: string, hint = ''): Reply => ({
  ok: false,
  private: true,
  code,
  view: answer(title, { tone: 'bad', hint }),
});

/** Once per key, in RAM. */
export const onceInRam = (): Ledger['once'] => {
  const seen = new Set<string>();
  return async (key) => !seen.has(key) && seen.add(key).size > 0;
};
