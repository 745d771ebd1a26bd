import type { App, ReceiverEvent } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';
import { admit } from './admission.ts';
import type { Web } from './web.ts';

/** Takes one payload, however it came. */
export type Deliver = (event: ReceiverEvent) => Promise<'taken' | 'foreign'>;

/**
 * The one door behind both ways in: our app and workspace only, no bots, and an event is acknowledged when we are done
 * with it. Bolt acknowledges events before it hands them out; what then dies with the process would never come again.
 */
export const delivery =
  (app: Pick<App, 'processEvent'>, web: Web, log: Log): Deliver =>
  async (event) => {
    const admission = admit(event.body, await web.installation());
    if (admission === 'foreign') {
      const { api_app_id: appId, team_id: team, type } = event.body;
      log.warn({ appId, team, type }, 'refused a payload of another Slack app or workspace');
      return 'foreign';
    }
    const isEvent = event.body.event !== undefined;
    if (admission === 'ours') await app.processEvent(isEvent ? { ...event, ack: async () => undefined } : event);
    if (isEvent) await event.ack();
    return 'taken';
  };
