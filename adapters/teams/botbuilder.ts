import { type Activity as BotActivity, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { TransientError } from '../../src/errors.ts';
import type { Sent } from './activity.ts';
import { cloudOf } from './clouds.ts';
import { connectorKeys } from './connector-keys.ts';
import { type App, entraTokens, type Tokens } from './entra.ts';
import { failureOf, teamsStatus } from './failures.ts';
import { whyForged } from './genuine.ts';
import type { Conversation, Transport } from './transport.ts';
import { callOnce } from './web.ts';

export interface BotbuilderOptions {
  /** Absent, in development: every request is believed, and no token is sent. */
  app?: App;
  /** Where the Bot Connector publishes the keys of its tokens. */
  openIdUrl: string;
}

/** The way to and from Teams with botbuilder. The only file that knows it; loading it takes most of a second. */
export const botbuilderTransport = ({ app, openIdUrl }: BotbuilderOptions): Transport => {
  const { connector, sharedTenant } = cloudOf(openIdUrl);
  const tokens = app ? entraTokens(app) : noTokens;
  const home = app?.type === 'MultiTenant' ? sharedTenant : (app?.tenant ?? '');
  const bearer = () => tokens.get(`${connector}/.default`, home);
  const open = (query: string) => sdkOf({ appId: app?.id ?? '', connector, bearer, query });
  const [toAll, toOne] = [open(''), open('?isTargetedActivity=true')];
  const attempt = attempting(tokens);
  const bot = { bot: { id: `28:${app?.id ?? 'bot'}`, name: '' } };
  const verifier = app && { issuer: connector, appId: app.id, keys: connectorKeys(openIdUrl) };
  return {
    // Not by the SDK: it asks for keys within a request, and believes nobody while they cannot be had.
    whyNotGenuine: async (activity, authorization) => verifier && whyForged(verifier, activity, authorization),
    post: (where, message) =>
      attempt('sendToConversation', async () => {
        const { conversations } = await clientOf(toAll, where);
        return (await conversations.sendToConversation(where.id, shown(message))).id;
      }),
    startThread: (channel, message) =>
      attempt('createConversation', async () => {
        const { conversations } = await clientOf(toAll, channel);
        const channelData = { channel: { id: channel.id }, tenant: { id: channel.tenant } };
        const thread = { ...bot, isGroup: true, tenantId: channel.tenant, channelData, activity: shown(message) };
        return (await conversations.createConversation(thread)).activityId;
      }),
    update: (where, id, message) =>
      attempt('updateActivity', async () => {
        const { conversations } = await clientOf(toAll, where);
        await conversations.updateActivity(where.id, id, { ...shown(message), id });
      }),
    whisper: (where, person, message) =>
      attempt('sendToConversation', async () => {
        const { conversations } = await clientOf(toOne, where);
        await conversations.sendToConversation(where.id, { ...shown(message), recipient: { id: person, name: '' } });
      }),
    direct: (where, person) =>
      attempt('createConversation', async () => {
        const { conversations } = await clientOf(toAll, where);
        const channelData = { tenant: { id: where.tenant } };
        const chat = {
          ...bot,
          isGroup: false,
          members: [{ id: person, name: '' }],
          tenantId: where.tenant,
          channelData,
        };
        return { ...where, id: (await conversations.createConversation(chat)).id };
      }),
    token: (scope, tenant = app?.tenant ?? '') => tokens.get(scope, tenant),
  };
};

const noTokens: Tokens = { get: async () => '', renew: () => false };

type Attempt = <T>(what: string, work: () => Promise<T>) => Promise<T>;

const attempting =
  (tokens: Tokens): Attempt =>
  async (what, work) => {
    try {
      return await work();
    } catch (error) {
      const failure = failureOf('Teams', what, error);
      if (teamsStatus(failure) !== 401 || !tokens.renew()) throw failure;
      throw new TransientError(`Teams refused our token for ${what}; the next one is new`, { cause: error });
    }
  };

const cardType = 'application/vnd.microsoft.card.adaptive';

const shown = ({ summary, card }: Sent): BotActivity =>
  ({
    type: 'message',
    summary,
    attachments: [{ contentType: cardType, content: card }],
  }) as Partial<BotActivity> as BotActivity;

// ── The SDK, held as we need it ─────────────────────────────────────────────────────────────────────────────────

interface Sdk {
  authentication: ConfigurationBotFrameworkAuthentication;
  connector: string;
  appId: string;
}

interface SdkOptions {
  appId: string;
  connector: string;
  bearer: () => Promise<string>;
  /** Goes with every request: the SDK has no call for messages that only one person sees. */
  query: string;
}

type SdkArguments = ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>;
type Credentials = NonNullable<SdkArguments[1]>;
type HttpClient = NonNullable<NonNullable<SdkArguments[4]>['httpClient']>;

const sdkOf = ({ appId, connector, bearer, query }: SdkOptions): Sdk => {
  const authentication = new ConfigurationBotFrameworkAuthentication(
    { MicrosoftAppId: appId },
    credentials(appId, bearer),
    undefined,
    undefined,
    { httpClient: httpClient(query) },
  );
  return { authentication, connector, appId };
};

const credentials = (appId: string, bearer: () => Promise<string>): Credentials => ({
  isValidAppId: async (id) => id === appId,
  isAuthenticationDisabled: async () => false,
  createCredentials: async () => ({
    async signRequest(request) {
      const token = await bearer();
      if (token) request.headers.set('authorization', `Bearer ${token}`);
      return request;
    },
  }),
});

/** In the place of the SDK's own, which cannot be kept from trying again by itself, for minutes. */
const httpClient = (query: string): HttpClient => ({
  async sendRequest(request) {
    const { url, method, body } = request;
    const said = await callOnce({ url: url + query, method, body, headers: request.headers.toJson() });
    const headers = request.headers.clone();
    for (const name of headers.headerNames()) headers.remove(name);
    for (const [name, value] of said.headers) headers.set(name, value);
    return { request, status: said.status, headers, bodyAsText: said.text };
  },
});

type Claims = Parameters<ConfigurationBotFrameworkAuthentication['createConnectorFactory']>[0];

const clientOf = ({ authentication, connector, appId }: Sdk, { serviceUrl }: Conversation) => {
  // All that the SDK asks of who sent a request is which app it was for; what we say first answers no request.
  const us = { getClaimValue: () => appId } as Pick<Claims, 'getClaimValue'> as Claims;
  return authentication.createConnectorFactory(us).create(serviceUrl, connector);
};
