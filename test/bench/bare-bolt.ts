/** The peer of an acknowledgement: the smallest Bolt app that takes a slash command, and does nothing with it. */
import { App, HTTPReceiver } from '@slack/bolt';

const receiver = new HTTPReceiver({ signingSecret: process.env.SLACK_SIGNING_SECRET ?? '' });
const authorize = async () => ({ botToken: 'xoxb-nobody', botId: 'B0', botUserId: 'U0' });
const app = new App({ receiver, authorize });
app.command('/release', async ({ ack }) => ack('Accepted as nothing-000.'));
const server = await app.start(0);
const address = server.address();
const port = address !== null && typeof address === 'object' ? address.port : 0;
console.log(JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` }));
