import type { Button } from '../../src/release/view.ts';
import { type Block, line } from './blocks.ts';
import { limits } from './limits.ts';
import { oneLine } from './text.ts';

/** Buttons of a card. What asks first opens a small card of its own; Teams has no dialog for that. */

/** The input that holds a reason when the button is pressed. A card has each id once: a second one is `reason1`. */
export const reasonId = 'reason';

interface Execute {
  type: 'Action.Execute';
  title: string;
  verb: string;
  data: Record<string, unknown>;
  style?: 'positive' | 'destructive';
  associatedInputs: 'auto' | 'none';
  /** For clients that do not know Action.Execute: a message with the same data. */
  fallback: object;
}

/** A button that tells us something. `verb` and `data` come back when it is pressed, and the inputs if they are meant. */
export const execute = (
  it: { title: string; verb: string; data: Record<string, unknown>; style?: Button['style'] },
  associatedInputs: Execute['associatedInputs'],
): Execute => {
  const common = { title: oneLine(it.title, limits.button), data: it.data, ...style(it.style), associatedInputs };
  return { type: 'Action.Execute', verb: it.verb, ...common, fallback: { type: 'Action.Submit', ...common } };
};

const styles = { primary: 'positive', danger: 'destructive' } as const;
const style = (of: Button['style']): Pick<Execute, 'style'> => (of ? { style: styles[of] } : {});

/**
 * Two rows: the last button, which is the way back, stands alone below the others, so that a narrow phone never pushes it
 * out of sight and no thumb hits it for its neighbour.
 */
export const buttonRows = (all: Button[]): { above: object[]; last: object[] } => {
  const rendered = all.slice(0, 3).map((it, index, some) => {
    const asking = some.slice(0, index).filter((one) => one.asksReason).length;
    return button(it, `${reasonId}${asking || ''}`);
  });
  const others = rendered.slice(0, -1);
  return { above: others.length > 0 ? [{ type: 'ActionSet', actions: others }] : [], last: rendered.slice(-1) };
};

const button = (it: Button, inputId: string): object => {
  const press = { title: it.label, verb: it.verb, data: { ref: it.ref }, style: it.style };
  if (!it.confirm && !it.asksReason) return execute(press, 'none');
  const title = it.confirm?.yes ?? it.label;
  return {
    type: 'Action.ShowCard',
    title: oneLine(it.label, limits.button),
    ...style(it.style),
    tooltip: oneLine(it.confirm?.title ?? 'Asks why first', limits.button),
    card: {
      type: 'AdaptiveCard',
      body: [...(it.confirm ? question(it.confirm) : []), ...(it.asksReason ? [reason(it, inputId)] : []), no(it)],
      actions: [execute({ ...press, title }, it.asksReason ? 'auto' : 'none')],
    },
  };
};

const question = ({ title, text }: NonNullable<Button['confirm']>): Block[] => [
  line(title, limits.confirmTitle, { weight: 'Bolder' }),
  line(text, limits.confirmText, {}, { spacing: 'Small' }),
];

const reason = ({ label }: Button, id: string): object => ({
  type: 'Input.Text',
  id,
  label: `Reason for “${oneLine(label, limits.button)}”. Everybody here sees it.`,
  isMultiline: true,
  isRequired: true,
  errorMessage: 'Say why, so that others understand it later.',
  maxLength: limits.reason,
});

/**
 * A small card closes by the button that opened it; nothing else tells people so. It is not named here, because the button
 * that does it may have the same name.
 */
const no = ({ confirm }: Button): Block =>
  line(`${confirm?.no ?? 'Not now'}: the button above closes this.`, 2 * limits.button, {
    size: 'Small',
    isSubtle: true,
  });
