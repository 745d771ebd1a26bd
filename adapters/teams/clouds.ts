/** What differs between Microsoft's clouds and cannot be seen in the URLs that settings name. */
export interface Cloud {
  /** Who signs what the Bot Connector sends us, and whom our token for it is made out to. */
  connector: string;
  /** Where an app that belongs to no single tenant gets its token for the Connector. */
  sharedTenant: string;
}

const open: Cloud = { connector: 'https://api.botframework.com', sharedTenant: 'botframework.com' };
const government: Cloud = {
  connector: 'https://api.botframework.us',
  sharedTenant: 'MicrosoftServices.onmicrosoft.us',
};

/** The cloud whose Connector publishes its keys at this URL. */
export const cloudOf = (openIdUrl: string): Cloud =>
  new URL(openIdUrl).hostname.endsWith('.azure.us') ? government : open;
