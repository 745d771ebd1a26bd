import type { Block, Screen } from '../../../adapters/console/chat.ts';
import { coloured, plain } from '../../../adapters/console/paint.ts';

/** A terminal that keeps what was printed. */
export interface SeenScreen extends Screen {
  blocks: Block[];
  /** Everything printed so far. */
  text(): string;
}

export function seenScreen(options: { width?: number; colours?: boolean } = {}): SeenScreen {
  const blocks: Block[] = [];
  return {
    width: options.width ?? 80,
    paint: options.colours ? coloured : plain,
    blocks,
    print: (block) => void blocks.push(block),
    text: () => blocks.flatMap(({ lines }) => lines).join('\n'),
  };
}
