import { type Json, textOf } from './json.ts';

/**
 * What is left for the eye of the little Markdown that Teams shows in cards and messages: emphasis and links without
 * their signs, escapes resolved, mentions as names. What was not escaped disappears here as it does in Teams.
 */
export function spoken(markdown: string, entities: Json[] = []): string {
  const named = entities.reduce((text, { text: at, mentioned }) => {
    const name = textOf((mentioned as Json | undefined)?.name);
    return textOf(at) ? text.replaceAll(textOf(at), textOf(at).replace(/^<at>|<\/at>$/g, '') || name) : text;
  }, markdown);
  return unescaped(
    named
      .replace(escaped, (_all, sign: string) => hide(sign))
      .replace(/\[([^\]]*)\]\([^)\s]*\)/g, '$1')
      .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
      .replace(/(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)/g, '$2')
      .replace(/^[-*+] /gm, '• '),
  );
}

const escaped = /\\([\\`*_{}[\]()#+\-.!|<>~&"'])/g;

/** An escaped sign waits in the private use area until everything else is done. */
function hide(sign: string): string {
  return String.fromCharCode(0xe000 + sign.charCodeAt(0));
}

function unescaped(text: string): string {
  return text.replace(/[\ue000-\ue07f]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xe000));
}
