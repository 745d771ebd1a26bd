/** What may stand before a regular expression, and not before a division. */
const beforePattern = /(?:[(,=:[!&|?{};+\n]|\breturn|=>)\s*$/;

/** Where a regular expression that begins at `start` ends; a slash in brackets does not end it. */
function endOfPattern(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '\n') return start + 1;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at + 1;
  }
  return text.length;
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** A template: its text goes, the code in its holes stays. Returns that and where it ends. */
function template(text: string, start: number): [string, number] {
  let out = ' ';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') {
      out += blank(text.slice(at, at + 2));
      at += 1;
    } else if (text[at] === '`') return [`${out} `, at + 1];
    else if (text.startsWith('${', at)) {
      const [code, end] = scan(text, at + 2, true);
      out += `( ${code})`;
      at = end;
    } else out += blank(text[at] as string);
  }
  return [out, text.length];
}

/** Code from `start` to the end, or to the brace that closes a hole of a template. */
function scan(text: string, start: number, hole: boolean): [string, number] {
  let out = '';
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const next = text[at] as string;
    const rest = text.slice(at, at + 2);
    let end = at + 1;
    let kept = next;
    if (hole && next === '}' && depth === 0) return [out, at];
    if (next === '{') depth += 1;
    if (next === '}') depth -= 1;
    if (rest === '//') [end, kept] = [lineEnd(text, at), ''];
    else if (rest === '/*') [end, kept] = [commentEnd(text, at), ''];
    else if (next === "'" || next === '"') [end, kept] = [endOfString(text, at), ''];
    else if (next === '`') [kept, end] = template(text, at);
    else if (next === '/' && beforePattern.test(out.slice(-12))) [end, kept] = [endOfPattern(text, at), ''];
    out += kept === '' ? blank(text.slice(at, end)) : kept;
    at = end;
  }
  return [out, text.length];
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};
const commentEnd = (text: string, at: number): number => {
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? text.length : end + 2;
};

/** TypeScript without comments and without the insides of strings and patterns; lines stay where they are. */
export const codeOnly = (text: string): string => scan(text, 0, false)[0];
