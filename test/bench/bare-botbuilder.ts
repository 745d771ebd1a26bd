/**
 * The peer of an acknowledgement in Teams: the smallest botbuilder app in its documented shape, which believes the same
 * tokens as ours and does nothing. Without a web framework, so that it pays for none.
 */
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, TeamsActivityHandler } from 'botbuilder';

class Bot extends TeamsActivityHandler {
  protected override async onAdaptiveCardInvoke() {
    const value = 'Accepted as nothing-000.' as unknown as Record<string, unknown>;
    return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value };
  }
}

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(process.env));
const bot = new Bot();
bot.onMessage(async (_context, next) => next());

/** As much of Express as the adapter asks for. */
const likeExpress = (response: ServerResponse) =>
  Object.assign(response, {
    status: (code: number) => Object.assign(response, { statusCode: code }),
    header: (name: string, value: unknown) => response.setHeader(name, String(value)),
    send: (body: unknown) => response.write(typeof body === 'string' ? body : JSON.stringify(body)),
  });

const server = createServer(async (request, response) => {
  const body = (await json(request)) as Record<string, unknown>;
  await adapter.process(Object.assign(request, { body }), likeExpress(response), (context) => bot.run(context));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  console.log(JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` }));
});
