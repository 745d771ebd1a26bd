import { readFile } from 'node:fs/promises';
import { type Document, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import { type Parsed, parseCatalog } from '../../src/config/catalog.ts';
import { type Problem, problem } from '../../src/config/problem.ts';

/** Anchors may repeat a part of the file, but not blow it up. */
const mostAliases = 100;

function startOf(node: unknown): number | undefined {
  const at = isPair(node) ? node.key : node;
  return isNode(at) ? at.range?.[0] : undefined;
}

/** Where the file speaks of `at`; for what is missing, where the group begins that should have it. */
function lineOf(document: Document, counter: LineCounter, at: Problem['at']): number | undefined {
  for (let depth = at.length; depth >= 0; depth -= 1) {
    const holder = depth === 0 ? document.contents : document.getIn(at.slice(0, depth - 1), true);
    const items = typeof holder === 'object' && holder !== null && 'items' in holder ? (holder.items as unknown[]) : [];
    const key = at[depth - 1];
    const found =
      depth === 0
        ? holder
        : items.find((item, index) => (isPair(item) ? String(item.key) === String(key) : index === key));
    const start = startOf(found);
    if (start !== undefined) return counter.linePos(start).line;
  }
  return undefined;
}

function syntaxProblems(document: Document): Problem[] {
  return document.errors.map(({ message, linePos }) => ({
    ...problem([], `${message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')}.`, 'Mend the YAML there.'),
    line: linePos?.[0].line,
  }));
}

function plainOf(document: Document): { value: unknown } | { problems: Problem[] } {
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch {
    return { problems: [problem([], 'Anchors repeat too much of the file.', 'Write the parts out.')] };
  }
}

/** The text of a catalog → the catalog, or every problem with its line. */
export function parseCatalogText(text: string): Parsed {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: true });
  if (document.errors.length > 0) return { ok: false, problems: syntaxProblems(document) };
  const plain = plainOf(document);
  if ('problems' in plain) return { ok: false, problems: plain.problems };
  const parsed = parseCatalog(plain.value);
  if (parsed.ok) return parsed;
  const problems = parsed.problems.map((one) => ({ ...one, line: lineOf(document, counter, one.at) }));
  return { ok: false, problems };
}

/** The text of the file, or the problem that there is none; throws nothing. */
export async function readText(path: string): Promise<string | Problem> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    return problem([path], `cannot be read: ${why}.`, 'Put a catalog there, or name another file in RELEASE_CONFIG.');
  }
}

/** Reads the catalog from `path`. A file that cannot be read is a problem like any other; throws nothing. */
export async function readCatalog(path: string): Promise<Parsed> {
  const text = await readText(path);
  return typeof text === 'string' ? parseCatalogText(text) : { ok: false, problems: [text] };
}
