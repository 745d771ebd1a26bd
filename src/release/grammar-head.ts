/**
 * Reads the notation of the command table into plain sequences, so that matching is one straight walk per sequence:
 * `<service> [in] <env>` → `<service> in <env>` and `<service> <env>`; `(a | b)` → `a` and `b`. Fullest spelling first.
 */
export type HeadSlot = 'service' | 'env' | 'version' | 'release' | 'command';
export type HeadItem = { word: string } | { slot: HeadSlot };

type Sequences = HeadItem[][];

const join = (left: Sequences, right: Sequences): Sequences => left.flatMap((l) => right.map((r) => [...l, ...r]));

const leaf = (piece: string): HeadItem =>
  piece.startsWith('<') ? { slot: piece.slice(1, -1) as HeadSlot } : { word: piece };

const one = (pieces: string[]): Sequences => {
  const piece = pieces.shift() ?? '';
  if (piece !== '[' && piece !== '(') return [[leaf(piece)]];
  const inside = choice(pieces);
  pieces.shift();
  return piece === '[' ? [...inside, []] : inside;
};

const row = (pieces: string[]): Sequences => {
  let sequences: Sequences = [[]];
  while (pieces.length > 0 && !['|', ']', ')'].includes(pieces[0] ?? '')) sequences = join(sequences, one(pieces));
  return sequences;
};

const choice = (pieces: string[]): Sequences => {
  const sequences = row(pieces);
  if (pieces[0] !== '|') return sequences;
  pieces.shift();
  return [...sequences, ...choice(pieces)];
};

/** Every sequence of words and slots that a notation allows. */
export const sequencesOf = (notation: string): Sequences => choice(notation.match(/<[a-z]+>|[a-z-]+|[[\]()|]/g) ?? []);
