import type { Remember } from '../../src/directory.ts';
import type { Web } from './web.ts';

/** Which of our groups (`slack:S…`) somebody is in, by their user id; the whole list is asked for, and remembered. */
export const userGroups = (web: Web, remember: Remember): ((user: string) => Promise<string[]>) => {
  const all = remember(() => web.call('usergroups.list', { include_users: true, include_disabled: false }));
  return async (user) => {
    const { usergroups = [] } = await all('all');
    return usergroups
      .filter((group) => group.users?.includes(user) && !group.date_delete)
      .map(({ id }) => `slack:${id}`);
  };
};
