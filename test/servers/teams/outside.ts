import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { makeCertificate, trustHere } from './certificate.ts';
import { connectorRoutes } from './connector.ts';
import { type GraphPermission, graphRoutes } from './graph.ts';
import { guarded } from './guard.ts';
import type { Keys } from './keys.ts';
import { loginRoutes } from './login.ts';
import { openIdRoutes } from './openid.ts';
import type { Rate } from './rates.ts';
import { type Desk, listen, listener, shut } from './serve.ts';
import { connectorResource, type Tokens } from './tokens.ts';

/** The four addresses that Microsoft has for an app, each a server of its own. */
export interface Outside {
  /** The Bot Connector: the serviceUrl of every conversation. */
  url: string;
  openIdUrl: string;
  loginUrl: string;
  graphUrl: string;
  /** The certificate of `loginUrl`, for NODE_EXTRA_CA_CERTS. */
  caFile: string;
  /** This process trusts that certificate from now on. @returns how to undo that. */
  trustHere: () => () => void;
  close: () => Promise<void>;
}

export interface OutsideParts {
  desk: Desk;
  keys: Keys;
  tokens: Tokens;
  rate: Rate;
  granted: GraphPermission[];
}

/** Starts all four on free ports of 127.0.0.1. */
export async function startOutside({ desk, keys, tokens, rate, granted }: OutsideParts): Promise<Outside> {
  const { store } = desk;
  const certificate = await makeCertificate();
  const origins = { openId: '', login: '' };
  const authorize = (request: Parameters<Tokens['tenantOf']>[1]) =>
    store.app.id && tokens.tenantOf(connectorResource, request);
  const connector = createServer(listener(desk, guarded(connectorRoutes(store), authorize, rate)));
  const openId = createServer(
    listener(
      desk,
      openIdRoutes(() => origins.openId, keys.jwks),
    ),
  );
  const login = createSecureServer(
    certificate,
    listener(
      desk,
      loginRoutes(store, tokens, () => origins.login),
    ),
  );
  const graph = createServer(listener(desk, graphRoutes(store, tokens, granted)));
  origins.openId = await listen(openId);
  origins.login = await listen(login, 'https');
  return {
    url: `${await listen(connector)}/emea/`,
    openIdUrl: `${origins.openId}/v1/.well-known/openidconfiguration`,
    loginUrl: origins.login,
    graphUrl: await listen(graph),
    caFile: certificate.certFile,
    trustHere: () => trustHere(certificate),
    close: async () => {
      await Promise.all([connector, openId, login, graph].map(shut));
      await certificate.remove();
    },
  };
}
