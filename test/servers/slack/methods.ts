import type { Method } from './method.ts';
import { chatMethods } from './methods-chat.ts';
import { conversationMethods } from './methods-conversations.ts';
import { peopleMethods } from './methods-people.ts';
import { viewMethods } from './methods-views.ts';

/** The Web API as a table. A method that is not here is `unknown_method`, as with Slack. */
export const methods: Record<string, Method> = {
  ...chatMethods,
  ...conversationMethods,
  ...peopleMethods,
  ...viewMethods,
};
