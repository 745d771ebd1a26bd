import type { Screen } from '../../adapters/console/chat.ts';
import { wrap } from '../../adapters/console/text.ts';

/** What somebody sees first: what this is, and what to try. At most twelve lines on 80 columns. */
export function banner({ paint, width }: Screen, keeping: string): string[] {
  const say = (text: string) => paint(['bold'], text);
  const quiet = (text: string) => paint(['gray'], text);
  return [
    `${paint(['bold', 'cyan'], 'Release Engineer')} ${quiet('· a demo: cluster and registry are simulated, the rest is real')}`,
    ...wrap(`Its ledger is ${keeping}.`, width).map(quiet),
    '',
    `  ${say('deploy payments 2.4.1 to staging')}          a good version; then ${say('to prod')}`,
    `  ${say('deploy payments 2.5.0-crash to staging')}    and watch the old version come back`,
    `  also …2.5.1-neverready  …2.5.2-missing (image)  …2.5.3-oom  …2.5.4-config`,
    `  ${say('checkout')} has two places; its 2.5.5-flaky breaks after it was rolled out`,
    `  ${say('1')} ${say('2')} ${say('3')} press a button of the newest card · ${say('/release')} opens the form · ${say('help')}`,
    `  prod needs a second person: ${say('/as bob')} (Ann and Bob may approve, ${say('/as dan')} may not)`,
    `  ${say('status')} · ${say('roll back payments in prod')} · ${say('freeze prod because lunch')} · ${say('/quit')}`,
  ];
}
