import type { Command } from '../release/command.ts';
import { helpFor } from '../release/grammar-help.ts';
import type { Reply } from '../release/view.ts';
import { yes } from './reply.ts';
import type { Request } from './request.ts';

/** The grammar, from the same table that parses it. */
export const help = async ({ command }: Request<Extract<Command, { verb: 'help' }>>): Promise<Reply> =>
  yes({
    title: command.about ? `Help: ${command.about}` : 'What you can ask',
    lines: helpFor(command.about),
    tone: 'told',
  });
