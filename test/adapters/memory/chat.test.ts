import { memoryChat } from '../../../adapters/memory/chat.ts';
import { TransientError } from '../../../src/errors.ts';
import type { View } from '../../../src/release/view.ts';
import { type ChatHarness, chatContract } from '../../contracts/chat.ts';

const words = (view: View | undefined): string => JSON.stringify(view ?? '');
const callsOf = (view: View): string[] => ('mentions' in view ? view.mentions.map((one) => one.name) : []);

chatContract('memory', async (): Promise<ChatHarness> => {
  const chat = memoryChat();
  const find = (message: string) => chat.messages.find(({ id }) => id === message);
  return {
    chat,
    address: { surface: 'console', tenant: 'test', channel: 'releases' },
    shown: (message) => find(message) && words(find(message)?.views.at(-1)),
    channel: () =>
      chat.messages.flatMap(({ views, replies }) => [
        words(views.at(-1)),
        ...replies.filter(({ loud }) => loud).map(({ view }) => words(view)),
      ]),
    thread: (message) => find(message)?.replies.map(({ view }) => words(view)) ?? [],
    calls: (message) =>
      [...(find(message)?.views ?? []), ...(find(message)?.replies.map((one) => one.view) ?? [])].flatMap(callsOf),
    remove: (message) => {
      chat.messages.splice(
        chat.messages.findIndex(({ id }) => id === message),
        1,
      );
    },
    breakOnce: () => {
      chat.before = () => {
        chat.before = () => undefined;
        throw new TransientError('the memory chat is not answering');
      };
    },
  };
});
