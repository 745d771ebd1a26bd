import type { Chat } from '../../src/ports.ts';
import type { Address } from '../../src/release/event.ts';
import type { View } from '../../src/release/view.ts';

/** A message as everybody in the channel sees it. */
export interface MemoryMessage {
  id: string;
  address: Address;
  /** Every view it has shown, oldest first. */
  views: View[];
  replies: { view: View; loud: boolean }[];
}

export interface MemoryChat extends Chat {
  messages: MemoryMessage[];
  /** Stands before every call; a test makes it throw. */
  before: (call: 'post' | 'update' | 'reply') => void;
  /** Called after every change: a console prints from here. */
  changed: (message: MemoryMessage, reply?: MemoryMessage['replies'][number]) => void;
}

/** A chat in RAM: what the demo and the stories look at. @param paceMs least time between updates of one card */
export function memoryChat(paceMs = 0): MemoryChat {
  const messages: MemoryMessage[] = [];
  let posted = 0;
  const find = (id: string): MemoryMessage | undefined => messages.find((one) => one.id === id);
  return {
    messages,
    paceMs,
    allowances: () => [],
    before: () => {},
    changed: () => {},
    async post(address, view) {
      this.before('post');
      posted += 1;
      const message: MemoryMessage = { id: `m${posted}`, address, views: [view], replies: [] };
      messages.push(message);
      this.changed(message);
      return message.id;
    },
    async update(_, id, view) {
      this.before('update');
      const message = find(id);
      if (!message) return 'gone';
      message.views.push(view);
      this.changed(message);
      return 'ok';
    },
    async reply(address, id, view, loud) {
      this.before('reply');
      const message = find(id);
      if (!message) {
        // Whoever deleted the card still hears of a failure.
        if (loud) await this.post(address, view);
        return;
      }
      message.replies.push({ view, loud });
      this.changed(message, { view, loud });
    },
  };
}
