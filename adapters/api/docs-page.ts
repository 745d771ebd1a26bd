import { createHash } from 'node:crypto';
import type { OpenApi, Operation, Parameter } from './openapi.ts';

/** The OpenAPI document as a page: made once, without a script, so that nothing can run in it. */

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
code, pre { font: 14px/1.4 ui-monospace, monospace } pre { background: #f4f4f4; padding: .75rem; overflow: auto }
summary { cursor: pointer; padding: .4rem 0 } details { border-bottom: 1px solid #ddd }
summary b { display: inline-block; min-width: 3.5rem } table { border-collapse: collapse } td { padding: .2rem 1rem .2rem 0; vertical-align: top }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } pre { background: #242424 } details { border-color: #333 } a { color: #8ab4f8 } }
`;

/** Only our own style, no script, no frame, no other origin. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign]!);
const json = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;

const parameterRow = ({ name, in: where, required, schema, description = '' }: Parameter): string =>
  `<tr><td><code>${escaped(name)}</code></td><td>${where}${required ? ', required' : ''}</td><td>${escaped(description)} <code>${escaped(JSON.stringify(schema))}</code></td></tr>`;

const contentOf = (content: Record<string, { schema: unknown }> = {}): string =>
  Object.entries(content)
    .map(([type, { schema }]) => `<p><code>${escaped(type)}</code></p>${json(schema)}`)
    .join('');

const responseOf = ([status, { description, content }]: [string, Operation['responses'][string]]): string =>
  `<h4>${escaped(status)}: ${escaped(description)}</h4>${contentOf(content)}`;

function operation(method: string, path: string, one: Operation): string {
  const rows = one.parameters.map(parameterRow).join('');
  const needs = one.security.length > 0 ? `token; permission: ${one['x-permission']}` : 'no token';
  return `<details id="${escaped(one.operationId)}"><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> ${escaped(one.summary)}</summary>
<p>Needs: ${escaped(needs)}</p>${rows ? `<table>${rows}</table>` : ''}
${one.requestBody ? `<h4>Body</h4>${contentOf(one.requestBody.content)}` : ''}${Object.entries(one.responses).map(responseOf).join('')}</details>`;
}

const schemaOf = ([name, schema]: [string, unknown]): string =>
  `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code></summary>${json(schema)}</details>`;

/** One HTML page that shows every operation and schema of the document. */
export function docsPage({ info, paths, components }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => operation(method, path, one)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(info.title)} API</title><style>${style}</style></head>
<body><h1>${escaped(info.title)} API</h1><p>${escaped(info.description)}</p>
<p><a href="/openapi.json">openapi.json</a> (OpenAPI 3.1)</p>
<pre>curl -X POST https://…/api/v1/releases -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: $BUILD" \\
  -H "Content-Type: application/json" -d '{"service":"payments","environment":"staging","version":"2.4.1"}'</pre>
<h2>Operations</h2>${operations.join('\n')}
<h2>Schemas</h2>${Object.entries(components.schemas).map(schemaOf).join('\n')}
</body></html>
`;
}
