import type { Button } from '../../src/release/view.ts';
import { type Block, line } from './blocks.ts';
import { limits } from './limits.ts';
import { oneLine } from './text.ts';

/** Buttons of a card. What asks first opens a small card of its own below the buttons; Teams has no dialog for that. */

/** The input that holds a reason when the button is pressed. */
export const reasonId = 'reason';

interface Execute {
  type: 'Action.Execute';
  title: string;
  verb: string;
  data: Record<string, unknown>;
  style?: 'positive' | 'destructive';
  tooltip?: string;
  associatedInputs: 'auto' | 'none';
  /** For clients that do not know Action.Execute: a message with the same data. */
  fallback: object;
}

/** A button that tells us something. `verb` and `data` come back when it is pressed. */
export const execute = (
  it: { title: string; verb: string; data: Record<string, unknown>; style?: Button['style'] },
  associatedInputs: 'auto' | 'none',
): Execute => {
  const common = { title: oneLine(it.title, limits.button), data: it.data, ...style(it.style), associatedInputs };
  return { type: 'Action.Execute', verb: it.verb, ...common, fallback: { type: 'Action.Submit', ...common } };
};

const styles = { primary: 'positive', danger: 'destructive' } as const;
const style = (of: Button['style']): { style?: 'positive' | 'destructive' } => (of ? { style: styles[of] } : {});

/** At most three; the way back stays in its place, the last. */
export const buttons = (all: Button[]): object[] => all.slice(0, 3).map(button);

const button = (it: Button, index: number): object => {
  const press = { title: it.label, verb: it.verb, data: { ref: it.ref }, style: it.style };
  if (!it.confirm && !it.asksReason) return execute(press, 'none');
  const yes = execute({ ...press, title: it.confirm?.yes ?? it.label }, it.asksReason ? 'auto' : 'none');
  return {
    type: 'Action.ShowCard',
    title: oneLine(it.label, limits.button),
    ...style(it.style),
    tooltip: oneLine(it.confirm?.title ?? 'Asks why first', limits.button),
    card: {
      type: 'AdaptiveCard',
      body: [...(it.confirm ? question(it.confirm) : []), ...(it.asksReason ? [reason(it, index)] : []), no(it)],
      actions: [yes],
    },
  };
};

const question = ({ title, text }: NonNullable<Button['confirm']>): Block[] => [
  line(title, limits.confirm, { weight: 'Bolder' }),
  line(text, limits.confirm, {}, { spacing: 'Small' }),
];

/** A card has each input id once; only the first button that asks may have the plain one. */
const reason = ({ label }: Button, index: number): object => ({
  type: 'Input.Text',
  id: index === 0 ? reasonId : `${reasonId}${index}`,
  label: `Reason for “${oneLine(label, limits.button)}”. Everybody here sees it.`,
  isMultiline: true,
  isRequired: true,
  errorMessage: 'Say why, so that others understand it later.',
  maxLength: limits.reason,
});

/** A small card closes by the button that opened it; nothing else tells people so. */
const no = ({ confirm, label }: Button): Block =>
  line(`${confirm?.no ?? 'Not now'}: press “${label}” again.`, 2 * limits.button, { size: 'Small', isSubtle: true });
